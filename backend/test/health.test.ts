import { expect, test } from 'vitest'
import { startBackend } from './helpers/backend.ts'
import { databaseUrl, describeWithRedis, newCounter } from './helpers/counter.ts'
import { startProxy } from './helpers/proxy.ts'

const noRedis = { redisUrl: 'redis://127.0.0.1:1' }
const noPostgres = { databaseUrl: 'postgres://postgres@127.0.0.1:1/postgres' }
const noStores = { ...noRedis, ...noPostgres }

describeWithRedis('readiness', () => {
  test.each([
    ['ok', 'with both stores', {}, { redis: 'up', postgres: 'up' }],
    ['degraded', 'without Redis', noRedis, { redis: 'down', postgres: 'up' }],
    ['degraded', 'without Postgres', noPostgres, { redis: 'up', postgres: 'down' }],
  ])('is %s %s', async (status, _when, stores, states) => {
    const counter = await newCounter()
    await (await startBackend(counter)).visit() // Redis has the counter
    const { api } = await startBackend(counter, stores)
    const { body } = await api.get('/health/ready').expect(200)
    expect(body).toEqual({ status, ...states })
  })
})

test('while the backend is draining, readiness is 503 and a visit is refused without being counted', async () => {
  const counter = await newCounter({ count: 41 })
  const { api, visit, startDraining, stop } = await startBackend(counter)
  startDraining()
  const { body } = await api.get('/health/ready').expect(503).expect('Retry-After', '1')
  expect(body).toMatchObject({ status: 503, detail: 'This backend is shutting down.' })
  await api.get('/health/live').expect(200)
  const refused = await visit().expect(503).expect('Retry-After', '1')
  expect(refused.body).toMatchObject({ status: 503, detail: 'This backend is shutting down.' })
  await stop()
  expect(await counter.inPostgres()).toBe(41)
})

test('without Redis, a Postgres that freezes is noticed by readiness, before a visit waits for it', async () => {
  const postgres = await startProxy(databaseUrl)
  const { api } = await startBackend(await newCounter(), { ...noRedis, databaseUrl: postgres.url })
  await api.get('/health/ready').expect(200)
  postgres.freeze()
  await api.get('/health/ready').expect(503)
})

test('without Redis, the status has the count of Postgres and does not know what is unsaved', async () => {
  const { api } = await startBackend(await newCounter({ count: 41 }), noRedis)
  const { body } = await api.get('/status').expect(200)
  expect(body).toMatchObject({
    redis: { state: 'down', latencyMs: null },
    postgres: { state: 'up', latencyMs: expect.any(Number) },
    visits: { count: 41, unsaved: null, savedAt: null },
  })
})

test('without both stores, a backend is alive and not ready, and its status says why', async () => {
  const { api } = await startBackend(await newCounter(), noStores)
  expect((await api.get('/health/live').expect(200)).body).toEqual({ status: 'ok' })
  const ready = await api.get('/health/ready').expect(503).expect('Retry-After', '1')
  expect(ready.body).toMatchObject({ status: 503, detail: 'Neither Redis nor Postgres answers.' })
  const status = await api.get('/status').expect(200)
  expect(status.body).toMatchObject({
    redis: { state: 'down', latencyMs: null },
    postgres: { state: 'down', latencyMs: null },
    visits: { count: null, unsaved: null, savedAt: null },
  })
})
