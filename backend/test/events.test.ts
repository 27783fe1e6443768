import { expect, onTestFinished, test } from 'vitest'
import { type Backend, startBackend } from './helpers/backend.ts'
import { describeWithRedis, newCounter } from './helpers/counter.ts'

/** Opens the stream of events, as a browser does. */
async function openStream({ port }: Backend) {
  const closing = new AbortController()
  onTestFinished(() => closing.abort())
  const response = await fetch(`http://127.0.0.1:${port}/events`, { signal: closing.signal })
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
  let received = ''
  const ended = (async () => {
    for await (const bytes of response.body ?? []) received += new TextDecoder().decode(bytes)
  })()
  ended.catch(() => {}) // closed by the test
  return {
    ended,
    /** The status of each event so far. */
    statuses: () =>
      [...received.matchAll(/^event: status\ndata: (.+)\n\n/gm)].map(([, data = '']) => JSON.parse(data)),
  }
}

describeWithRedis('the stream of events', () => {
  test('tells every listener of every visit, with the same status that a poll gets', async () => {
    const backend = await startBackend(await newCounter({ count: 41 }))
    const streams = await Promise.all([openStream(backend), openStream(backend)])
    await backend.visit()
    const { body } = await backend.api.get('/status')
    for (const { statuses } of streams) {
      await expect.poll(() => statuses().at(-1)?.visits.count, { timeout: 3_000 }).toBe(42)
      expect(Object.keys(statuses().at(-1))).toEqual(Object.keys(body))
      expect(statuses().at(-1).replicas).toMatchObject([{ counted: { redis: 1, postgres: 0 } }])
    }
  })

  test('tells that a store is lost, and goes on', async () => {
    const backend = await startBackend(await newCounter({ count: 41 }), { redisUrl: 'redis://127.0.0.1:1' })
    const { statuses } = await openStream(backend)
    await backend.visit()
    await expect
      .poll(() => statuses().at(-1), { timeout: 3_000 })
      .toMatchObject({
        redis: { state: 'down' },
        visits: { count: 42, unsaved: null },
        replicas: [{ redis: 'down', postgres: 'up', counted: { redis: 0, postgres: 1 } }],
      })
  })

  test('ends when the backend shuts down, so that the browser connects to another one', async () => {
    const backend = await startBackend(await newCounter())
    const { ended, statuses } = await openStream(backend)
    await expect.poll(() => statuses().length, { timeout: 3_000 }).toBeGreaterThan(0)
    backend.startDraining()
    await ended
  })

  test('is only for GET', async () => {
    const { api } = await startBackend(await newCounter())
    await api.post('/events').expect(405).expect('Allow', 'GET')
  })
})
