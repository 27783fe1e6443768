import { hostname } from 'node:os'
import { expect, test, vi } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }
import { startBackend } from './helpers/backend.ts'
import { describeWithRedis, noPostgres, noRedis } from './helpers/stores.ts'

const up = { state: 'up', latencyMs: expect.any(Number) }
const down = { state: 'down', latencyMs: null }

describeWithRedis('GET /status', () => {
  test.each([
    ['with both stores', {}, up, up],
    ['without Redis', noRedis, down, up],
    ['without both stores', { ...noRedis, ...noPostgres }, down, down],
  ])('says what the backend sees %s', async (_when, stores, redis, postgres) => {
    const { api } = await startBackend(stores)
    const { body } = await api.get('/status').expect(200)
    expect(body).toMatchObject({
      servedByHost: hostname(),
      version: packageJson.version,
      uptimeSeconds: expect.any(Number),
      redis,
      postgres,
      replicas: [{ host: hostname(), redis: redis.state, postgres: postgres.state }],
    })
  })

  test('is read once for all requests of half a second, and again after it', async () => {
    const { api, services } = await startBackend()
    const ping = vi.spyOn(services.connections, 'ping')
    const startedAt = performance.now()
    const answers = await Promise.all(Array.from({ length: 300 }, () => api.get('/status')))
    const halfSeconds = Math.ceil((performance.now() - startedAt) / 500)
    expect(answers.map(({ status }) => status)).toEqual(Array(300).fill(200))
    expect(ping.mock.calls.length).toBeLessThanOrEqual(halfSeconds)
    expect(services.connections.states()).toEqual({ redis: 'up', postgres: 'up' })

    const before = ping.mock.calls.length
    await expect.poll(async () => (await api.get('/status')) && ping.mock.calls.length).toBe(before + 1)
  })
})
