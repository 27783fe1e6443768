import { expect, test } from 'vitest'
import { startConnections } from './helpers/connections.ts'
import { startProxy } from './helpers/proxy.ts'
import { databaseUrl, describeWithRedis, redisUrl } from './helpers/stores.ts'

const inFiveSeconds = { timeout: 5_000 }

test('Postgres is used again after every idle connection of the pool was dropped', async () => {
  const postgres = await startProxy(databaseUrl)
  const { connections } = await startConnections({ databaseUrl: postgres.url })
  await Promise.all(Array.from({ length: 5 }, connections.ping))
  await postgres.dropConnections()
  await expect.poll(connections.ping, inFiveSeconds).toMatchObject({ postgres: expect.any(Number) })
})

describeWithRedis('with Redis', () => {
  test('Redis is used again after its connection was dropped', async () => {
    const redis = await startProxy(redisUrl)
    const { connections } = await startConnections({ redisUrl: redis.url })
    await redis.dropConnections()
    await expect.poll(connections.ping, inFiveSeconds).toMatchObject({ redis: expect.any(Number) })
  })
})
