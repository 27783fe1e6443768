import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { startBackend } from '../helpers/backend.ts'
import { describeWithRedis, noPostgres, noRedis } from '../helpers/stores.ts'
import { newCounter } from './new-counter.ts'

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** The API of a counter that stands at 41. */
async function startApi(stores = {}) {
  const { api } = await startBackend({ counter: await newCounter({ count: 41 }), ...stores })
  return api
}

describeWithRedis('with both stores', () => {
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

  test('GET /status has the count, and what each replica has counted', async () => {
    const api = await startApi()
    await api.post('/visits')
    // The first save may still be under way.
    await expect
      .poll(async () => (await api.get('/status').expect(200)).body, { timeout: 5_000 })
      .toMatchObject({
        visits: { count: 42, unsaved: expect.any(Number), savedAt: expect.stringMatching(isoTime) },
        replicas: [{ counted: { redis: 1, postgres: 0 } }],
      })
  })

  test('GET /metrics counts visits by the store that counted them', async () => {
    const api = await startApi()
    await api.post('/visits')
    const { text } = await api.get('/metrics').expect(200)
    expect(text).toContain('\nvisits_total{source="redis"} 1\n')
    expect(text).toContain('\nvisits_in_doubt_total 0\n')
    expect(text).toMatch(/\nvisits_unsaved [01]\n/)
  })
})

test.each([
  ['Redis, the status has the count of Postgres', noRedis, 41],
  ['both stores, the status has no count', { ...noRedis, ...noPostgres }, null],
])('without %s, and does not know what is unsaved', async (_what, stores, count) => {
  const { body } = await (await startApi(stores)).get('/status').expect(200)
  expect(body.visits).toEqual({ count, unsaved: null, savedAt: null })
})

test.each([
  [400, 'that is not JSON', 'application/json', '{"half":'],
  [413, 'of more than 10 kB', 'application/json', JSON.stringify('x'.repeat(11_000))],
  [415, 'in an unknown charset', 'application/json; charset=klingon', '{}'],
])('%i: a body %s, and nothing is counted', async (status, _what, type, text) => {
  const api = await startApi()
  await api.post('/visits').type(type).send(text).expect(status)
  expect((await api.get('/visits')).body).toMatchObject({ count: 41 })
})

test('while the backend is draining, a visit is refused without being counted', async () => {
  const counter = await newCounter({ count: 41 })
  const { visit, startDraining, stop } = await startBackend({ counter })
  startDraining()
  const refused = await visit().expect(503).expect('Retry-After', '1')
  expect(refused.body).toMatchObject({ status: 503, detail: 'This backend is shutting down.' })
  await stop()
  expect(await counter.inPostgres()).toBe(41)
})
