import { expect, test } from 'vitest'
import { startBackend } from './helpers/backend.ts'
import { databaseUrl, describeWithRedis, newCounter, redisUrl } from './helpers/counter.ts'
import { startProxy } from './helpers/proxy.ts'

const inFiveSeconds = { timeout: 5_000 }

test('a backend uses Postgres again after every idle connection of its pool was dropped', async () => {
  const postgres = await startProxy(databaseUrl)
  const { services } = await startBackend(await newCounter(), { databaseUrl: postgres.url })
  const { ping, states } = services.connections
  await Promise.all(Array.from({ length: 5 }, ping))
  await postgres.dropConnections()
  await expect.poll(() => postgres.connected && states().postgres, inFiveSeconds).toBe('up')
  expect(await ping()).toMatchObject({ postgres: expect.any(Number) })
})

describeWithRedis('with Redis', () => {
  test('a backend counts in Redis again after its connection was dropped', async () => {
    const redis = await startProxy(redisUrl)
    const counter = await newCounter({ count: 41 })
    const { services, visit } = await startBackend(counter, { redisUrl: redis.url })
    await redis.dropConnections()
    const { states } = services.connections
    await expect.poll(() => redis.connected && states().redis, inFiveSeconds).toBe('up')
    expect((await visit()).body).toMatchObject({ count: 42, source: 'redis' })
  })
})
