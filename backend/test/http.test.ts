import { hostname } from 'node:os'
import { expect, test, vi } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }
import { startBackend } from './helpers/backend.ts'
import { keepAliveClient } from './helpers/client.ts'
import { describeWithRedis, newCounter } from './helpers/counter.ts'

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** The API of a counter that stands at 41. */
async function startApi() {
  const { api } = await startBackend(await newCounter({ count: 41 }))
  return api
}

describeWithRedis('visits', () => {
  test('POST /visits counts a visit', async () => {
    const api = await startApi()
    const response = await api.post('/visits').expect(201)
    expect(response.body).toEqual({ count: 42, source: 'redis', servedByHost: hostname() })
  })

  test('GET /visits answers the same shape, and does not count', async () => {
    const api = await startApi()
    const body = { count: 41, source: 'redis', servedByHost: hostname() }
    expect((await api.get('/visits').expect(200)).body).toEqual(body)
    expect((await api.get('/visits').expect(200)).body).toEqual(body)
  })

  test('GET /status says what the backend sees', async () => {
    const api = await startApi()
    await api.post('/visits')
    const { body } = await api.get('/status').expect(200)
    expect(body).toEqual({
      servedByHost: hostname(),
      version: packageJson.version,
      uptimeSeconds: expect.any(Number),
      redis: { state: 'up', latencyMs: expect.any(Number) },
      postgres: { state: 'up', latencyMs: expect.any(Number) },
      visits: { count: 42, unsaved: expect.any(Number), savedAt: expect.stringMatching(isoTime) },
      replicas: [{ host: hostname(), redis: 'up', postgres: 'up', counted: { redis: 1, postgres: 0 } }],
    })
  })

  test('GET /status is read once for all requests of half a second, and again after it', async () => {
    const { api, services } = await startBackend(await newCounter())
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

  test('GET /metrics counts visits by the store that counted them', async () => {
    const api = await startApi()
    await api.post('/visits')
    const { text, type } = await api.get('/metrics').expect(200)
    expect(type).toBe('text/plain')
    expect(text).toContain('\nvisits_total{source="redis"} 1\n')
    expect(text).toContain('\nvisits_in_doubt_total 0\n')
    expect(text).toMatch(/\nvisits_unsaved [01]\n/)
    expect(text).toContain('\nredis_up 1\n')
    expect(text).toContain('\npostgres_up 1\n')
  })
})

test('GET /data answers what the page shows', async () => {
  const { body } = await (await startApi()).get('/data').expect(200)
  expect(body).toEqual({
    message: expect.any(String),
    timestamp: expect.stringMatching(isoTime),
    servedByHost: hostname(),
  })
})

test('an idle connection stays open for longer than the proxy keeps it', async () => {
  const { port } = await startBackend(await newCounter())
  const { headers } = await keepAliveClient(port).send('GET', '/data')
  expect(headers['keep-alive']).toBe('timeout=5')
})

test('no cache keeps an answer, and none says what made it', async () => {
  const api = await startApi()
  for (const path of ['/visits', '/data', '/status', '/health/ready', '/metrics', '/nowhere']) {
    const { headers } = await api.get(path)
    expect(headers, path).toMatchObject({ 'cache-control': 'no-store' })
    expect(headers, path).not.toHaveProperty('x-powered-by')
  }
})

test('every answer has a request id of its own', async () => {
  const api = await startApi()
  const ids = new Set<string>()
  for (const path of ['/data', '/data', '/health/live', '/nowhere']) {
    const { headers } = await api.get(path).expect('X-Request-Id', uuid)
    ids.add(headers['x-request-id'] as string)
  }
  expect(ids.size).toBe(4)
})

test('the request id of the proxy is kept', async () => {
  const id = '5f0c1a9e3b7d4c628e1f'
  const api = await startApi()
  await api.get('/data').set('X-Request-Id', id).expect('X-Request-Id', id)
})

test('a request id that is not plainly an id is replaced', async () => {
  const api = await startApi()
  for (const id of ['short', 'x'.repeat(65), 'an id with spaces', '{"level":60}', '<script>1</script>']) {
    await api.get('/data').set('X-Request-Id', id).expect('X-Request-Id', uuid)
  }
})
