import { expect, test } from 'vitest'
import { startBackend } from './helpers/backend.ts'
import { databaseUrl, describeWithRedis, newCounter, redisUrl } from './helpers/counter.ts'
import { startProxy } from './helpers/proxy.ts'

const inFiveSeconds = { timeout: 5_000 }

test('a backend uses Postgres again after every idle connection of its pool was dropped', async () => {
  const postgres = await startProxy(databaseUrl)
  const { services } = await startBackend(await newCounter(), { databaseUrl: postgres.url })
  const { stores, breakers } = services.counter
  await Promise.all(Array.from({ length: 5 }, () => stores.postgres.read()))
  await postgres.dropConnections()
  await expect.poll(() => postgres.connected && breakers.postgres.closed, inFiveSeconds).toBe(true)
  expect(await stores.postgres.read()).toBe(0)
})

describeWithRedis('with Redis', () => {
  test('a backend counts in Redis again after its connection was dropped', async () => {
    const redis = await startProxy(redisUrl)
    const counter = await newCounter({ count: 41 })
    const { services, visit } = await startBackend(counter, { redisUrl: redis.url })
    await redis.dropConnections()
    await expect
      .poll(() => redis.connected && services.counter.breakers.redis.closed, inFiveSeconds)
      .toBe(true)
    expect((await visit()).body).toMatchObject({ count: 42, source: 'redis' })
  })
})
