import { expect, test, vi } from 'vitest'
import { repeatUnavailable, request } from '../src/request.ts'
import { answer, problem, serve } from './server.ts'

const ask = () => request('GET', '/api/notes')

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
  await expect(ask()).rejects.toMatchObject({ message, failure: 'answered' })
})

test.for([
  [503, true],
  [429, true],
  [504, false],
  [500, false],
] as const)('an error tells whether the server did nothing: %s', async ([status, changedNothing]) => {
  await serve(problem(status, {}))
  await expect(ask()).rejects.toMatchObject({ changedNothing })
})

test('503 says that nothing was done, so the request is sent again', async () => {
  const api = vi.fn(answer(200, { text: 'Hello' })).mockImplementationOnce(problem(503, {}))
  await serve(api)
  expect(await repeatUnavailable(ask)).toEqual({ text: 'Hello' })
  expect(api).toHaveBeenCalledTimes(2)
})

test('gives up after the fifth 503', async () => {
  const api = vi.fn(problem(503, { detail: 'Not now.' }))
  await serve(api)
  await expect(repeatUnavailable(ask)).rejects.toMatchObject({ message: 'Not now.' })
  expect(api).toHaveBeenCalledTimes(5)
})

test('what may have been done is not sent again', async () => {
  const api = vi.fn(problem(504, {}))
  await serve(api)
  await expect(repeatUnavailable(ask)).rejects.toMatchObject({ changedNothing: false })
  expect(api).toHaveBeenCalledTimes(1)
})

test('an error tells that there is no server', async () => {
  await serve((request) => request.socket.destroy())
  await expect(ask()).rejects.toMatchObject({
    message: 'The server could not be reached.',
    failure: 'unreachable',
    changedNothing: false,
  })
})

test('an error tells that the server takes too long', async () => {
  const timeout = vi.spyOn(AbortSignal, 'timeout')
  timeout.mockImplementation(() => AbortSignal.abort(new DOMException('', 'TimeoutError')))
  await serve(() => {})
  await expect(ask()).rejects.toMatchObject({
    message: 'The server did not answer within 5 seconds.',
    failure: 'timeout',
    changedNothing: false,
  })
  expect(timeout).toHaveBeenCalledWith(5000)
  timeout.mockRestore()
})
