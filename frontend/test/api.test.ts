import { expect, test, vi } from 'vitest'
import { fetchData, fetchStatus, recordVisit } from '../src/api.ts'
import { request } from '../src/request.ts'
import { answer, problem, serve } from './server.ts'

const visit = { count: 42, source: 'redis', servedByHost: '3f2a' }
const data = { message: 'Hello', timestamp: '2026-03-01T12:30:00.000Z', servedByHost: '3f2a' }

test('recordVisit posts a visit', async () => {
  await serve((request, response) => {
    const right = request.method === 'POST' && request.url === '/api/visits'
    answer(right ? 201 : 404, visit)(request, response)
  })
  expect(await recordVisit()).toEqual({ ...visit, ms: expect.any(Number) })
})

test('fetchData gets the data', async () => {
  await serve((request, response) => {
    const right = request.method === 'GET' && request.url === '/api/data'
    answer(right ? 200 : 404, data)(request, response)
  })
  expect(await fetchData()).toEqual(data)
})

test('a request sends what it is given as JSON', async () => {
  await serve(async (message, response) => {
    let body = ''
    for await (const chunk of message) body += chunk
    answer(200, { type: message.headers['content-type'], body })(message, response)
  })
  const sent = await request('POST', '/api/notes', { body: { text: 'Grüße' } })
  expect(sent).toEqual({ type: 'application/json', body: '{"text":"Grüße"}' })
})

test.for([
  [
    'the detail of a problem',
    problem(503, { title: 'Unavailable', detail: 'Both are down.' }),
    'Both are down.',
  ],
  ['its title, without a detail', problem(503, { title: 'Unavailable' }), 'Unavailable'],
  ['the status, without either', problem(500, {}), 'The server answered with status 500.'],
  ['the status of a proxy’s page', answer(502, '<h1>', 'text/html'), 'The server answered with status 502.'],
  ['an answer that is not JSON', answer(200, '<h1>', 'text/html'), 'The server’s answer could not be read.'],
] as const)('an error tells %s', async ([, listener, message]) => {
  await serve(listener)
  await expect(fetchData()).rejects.toMatchObject({ message, failure: 'answered' })
})

test.for([
  [503, true],
  [429, true],
  [504, false],
  [500, false],
] as const)('an error tells whether the server did nothing: %s', async ([status, changedNothing]) => {
  await serve(problem(status, {}))
  await expect(recordVisit()).rejects.toMatchObject({ changedNothing })
})

test.for([
  ['a visit', recordVisit],
  ['the data', fetchData],
] as const)('503 says that nothing was done: %s is asked for again', async ([, send]) => {
  const api = vi.fn(answer(200, visit)).mockImplementationOnce(problem(503, {}))
  await serve(api)
  expect(await send()).toMatchObject(visit)
  expect(api).toHaveBeenCalledTimes(2)
})

test('gives up after the fifth 503', async () => {
  const api = vi.fn(problem(503, { detail: 'Not now.' }))
  await serve(api)
  await expect(recordVisit()).rejects.toMatchObject({ message: 'Not now.' })
  expect(api).toHaveBeenCalledTimes(5)
})

test('a visit that may have been counted is not sent again', async () => {
  const api = vi.fn(problem(504, {}))
  await serve(api)
  await expect(recordVisit()).rejects.toMatchObject({ changedNothing: false })
  expect(api).toHaveBeenCalledTimes(1)
})

test('an error tells that there is no server', async () => {
  await serve((request) => request.socket.destroy())
  await expect(fetchData()).rejects.toMatchObject({
    message: 'The server could not be reached.',
    failure: 'unreachable',
    changedNothing: false,
  })
})

test('fetchStatus gets the status, and gives up earlier than a visit does', async () => {
  const timeout = vi.spyOn(AbortSignal, 'timeout')
  await serve((request, response) => {
    const right = request.method === 'GET' && request.url === '/api/status'
    answer(right ? 200 : 404, { replicas: [] })(request, response)
  })
  expect(await fetchStatus()).toEqual({ replicas: [] })
  expect(timeout).toHaveBeenCalledWith(1500)
  timeout.mockRestore()
})

test('an error tells that the server takes too long', async () => {
  const timeout = vi.spyOn(AbortSignal, 'timeout')
  timeout.mockImplementation(() => AbortSignal.abort(new DOMException('', 'TimeoutError')))
  await serve(() => {})
  await expect(recordVisit()).rejects.toMatchObject({
    message: 'The server did not answer within 5 seconds.',
    failure: 'timeout',
    changedNothing: false,
  })
  expect(timeout).toHaveBeenCalledWith(5000)
  timeout.mockRestore()
})
