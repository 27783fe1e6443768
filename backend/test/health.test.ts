import { expect, test } from 'vitest'
import { startBackend } from './helpers/backend.ts'
import { startConnections } from './helpers/connections.ts'
import { startProxy } from './helpers/proxy.ts'
import { databaseUrl, describeWithRedis, noPostgres, noRedis } from './helpers/stores.ts'

describeWithRedis('readiness', () => {
  test.each([
    ['ok', 'with both stores', {}, { redis: 'up', postgres: 'up' }],
    ['degraded', 'without Redis', noRedis, { redis: 'down', postgres: 'up' }],
    ['degraded', 'without Postgres', noPostgres, { redis: 'up', postgres: 'down' }],
  ])('is %s %s', async (status, _when, stores, states) => {
    const { api } = await startConnections(stores)
    const { body } = await api.get('/health/ready').expect(200)
    expect(body).toEqual({ status, ...states })
  })
})

test('while the backend is draining, it is alive and not ready', async () => {
  const { api, startDraining } = await startBackend()
  startDraining()
  const { body } = await api.get('/health/ready').expect(503).expect('Retry-After', '1')
  expect(body).toMatchObject({ status: 503, detail: 'This backend is shutting down.' })
  await api.get('/health/live').expect(200)
})

test('without Redis, a Postgres that freezes is noticed by readiness, before a visitor waits for it', async () => {
  const postgres = await startProxy(databaseUrl)
  const { api } = await startConnections({ ...noRedis, databaseUrl: postgres.url })
  await api.get('/health/ready').expect(200)
  postgres.freeze()
  await api.get('/health/ready').expect(503)
})

test('without both stores, a backend is alive and not ready', async () => {
  const { api } = await startConnections({ ...noRedis, ...noPostgres })
  expect((await api.get('/health/live').expect(200)).body).toEqual({ status: 'ok' })
  const ready = await api.get('/health/ready').expect(503).expect('Retry-After', '1')
  expect(ready.body).toMatchObject({ status: 503, detail: 'Neither Redis nor Postgres answers.' })
})
