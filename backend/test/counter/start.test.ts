import { createClient } from 'redis'
import { expect, onTestFinished, test } from 'vitest'
import { startBackend } from '../helpers/backend.ts'
import { startProxy } from '../helpers/proxy.ts'
import { databaseUrl, describeWithRedis, redisUrl } from '../helpers/stores.ts'
import { newCounter } from './new-counter.ts'

const inFiveSeconds = { timeout: 5_000 }

describeWithRedis('a backend that starts', () => {
  test('without Redis counts in Postgres, and in Redis when it comes', async () => {
    const counter = await newCounter({ count: 10 })
    const redis = await startProxy(redisUrl)
    await redis.cut()
    const backend = await startBackend({ counter, redisUrl: redis.url })
    expect((await backend.visit()).body).toMatchObject({ count: 11, source: 'postgres' })

    redis.restore()
    await backend.seesStores()
    expect((await backend.visit()).body).toMatchObject({ count: 12, source: 'redis' })
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(12)
  })

  test('with a password that Redis refuses counts in Postgres, and in Redis when it is right', async () => {
    const counter = await newCounter({ count: 10 })
    const url = new URL(redisUrl)
    url.username = counter.id
    url.password = 'secret'
    const backend = await startBackend({ counter, redisUrl: url.href })
    expect((await backend.visit()).body).toMatchObject({ count: 11, source: 'postgres' })

    const admin = createClient({ url: redisUrl })
    await admin.connect()
    onTestFinished(async () => {
      await admin.aclDelUser(counter.id)
      admin.destroy()
    })
    await admin.aclSetUser(counter.id, ['on', '>secret', '~*', '+@all'])
    await backend.seesStores()
    expect((await backend.visit()).body).toMatchObject({ count: 12, source: 'redis' })
  })

  test('without Postgres counts in Redis, if Redis has the counter', async () => {
    const counter = await newCounter({ count: 10 })
    await (await startBackend({ counter })).visit()
    const postgres = await startProxy(databaseUrl)
    await postgres.cut()
    const backend = await startBackend({ counter, databaseUrl: postgres.url })
    expect((await backend.visit()).body).toMatchObject({ count: 12, source: 'redis' })

    postgres.restore()
    await backend.seesStores()
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(12)
  })

  test('without Postgres answers 503 while Redis does not have the counter either', async () => {
    const counter = await newCounter({ count: 10 })
    const postgres = await startProxy(databaseUrl)
    await postgres.cut()
    const backend = await startBackend({ counter, databaseUrl: postgres.url })
    await backend.visit().expect(503)

    postgres.restore()
    await backend.seesStores()
    expect((await backend.visit()).body).toMatchObject({ count: 11, source: 'redis' })
  })

  test('without both answers 503, and counts when they come', async () => {
    const counter = await newCounter({ count: 10 })
    const [redis, postgres] = await Promise.all([startProxy(redisUrl), startProxy(databaseUrl)])
    await Promise.all([redis.cut(), postgres.cut()])
    const backend = await startBackend({ counter, redisUrl: redis.url, databaseUrl: postgres.url })
    await backend.visit().expect(503)

    postgres.restore()
    await backend.seesStores({ redis: 'down' })
    expect((await backend.visit()).body).toMatchObject({ count: 11, source: 'postgres' })
    redis.restore()
    await backend.seesStores()
    expect((await backend.visit()).body).toMatchObject({ count: 12, source: 'redis' })
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(12)
  })
})
