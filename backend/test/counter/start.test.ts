import { createClient } from 'redis'
import { expect, onTestFinished, test } from 'vitest'
import { startBackend } from '../helpers/backend.ts'
import { startProxies, startProxy } from '../helpers/proxy.ts'
import { databaseUrl, describeWithRedis, redisUrl } from '../helpers/stores.ts'
import { newCounter, type TestCounter } from './new-counter.ts'

const WARN = 40
const ERROR = 50
const inFiveSeconds = { timeout: 5_000 }

/** The URL of Redis for a user that it does not know, until it is allowed all but what the rules say. */
async function newRedisUser({ id }: TestCounter) {
  const admin = await createClient({ url: redisUrl }).connect()
  onTestFinished(async () => {
    await admin.aclDelUser(id)
    admin.destroy()
  })
  return {
    url: Object.assign(new URL(redisUrl), { username: id, password: 'secret' }).href,
    allow: (...rules: string[]) => admin.aclSetUser(id, ['on', '>secret', '~*', '+@all', ...rules]),
  }
}

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
    const { url, allow } = await newRedisUser(counter)
    const backend = await startBackend({ counter, redisUrl: url })
    expect((await backend.visit()).body).toMatchObject({ count: 11, source: 'postgres' })

    await allow()
    await backend.seesStores()
    expect((await backend.visit()).body).toMatchObject({ count: 12, source: 'redis' })
  })

  test.each(['-evalsha', '-info'])(
    'as a user of Redis with %s counts in Postgres, and logs one error with advice',
    async (rule) => {
      const counter = await newCounter({ count: 41 })
      const { url, allow } = await newRedisUser(counter)
      await allow(rule)
      const backend = await startBackend({ counter, redisUrl: url })
      expect((await backend.visit()).body).toMatchObject({ count: 42, source: 'postgres' })
      expect(backend.logged.filter(({ level }) => level >= WARN)).toEqual([
        expect.objectContaining({
          level: ERROR,
          msg: expect.stringMatching(/(NOPERM|ACL failure).+Allow it to this user/),
        }),
      ])
    },
  )

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
    const { redis, postgres, urls } = await startProxies()
    await Promise.all([redis.cut(), postgres.cut()])
    const backend = await startBackend({ counter, ...urls })
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
