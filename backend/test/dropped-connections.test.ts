import { expect, test } from 'vitest'
import { checkStores } from '../src/check.ts'
import { startBackend } from './helpers/backend.ts'
import { databaseUrl, describeWithRedis, newCounter, redisUrl } from './helpers/counter.ts'
import { startProxy } from './helpers/proxy.ts'

const inFiveSeconds = { timeout: 5_000 }

test('a backend uses Postgres again after every idle connection of its pool was dropped', async () => {
  const postgres = await startProxy(databaseUrl)
  const { services } = await startBackend(await newCounter(), { databaseUrl: postgres.url })
  const { postgres: store } = services.stores
  await Promise.all(Array.from({ length: 5 }, () => store.ping()))
  await postgres.dropConnections()
  const state = async () => postgres.connected && (await checkStores(services.stores)).postgres.state
  await expect.poll(state, inFiveSeconds).toBe('up')
})

describeWithRedis('with Redis', () => {
  test('a backend counts in Redis again after its connection was dropped', async () => {
    const redis = await startProxy(redisUrl)
    const counter = await newCounter({ count: 41 })
    const { services, visit } = await startBackend(counter, { redisUrl: redis.url })
    await redis.dropConnections()
    const state = async () => redis.connected && (await checkStores(services.stores)).redis.state
    await expect.poll(state, inFiveSeconds).toBe('up')
    expect((await visit()).body).toMatchObject({ count: 42, source: 'redis' })
  })
})
