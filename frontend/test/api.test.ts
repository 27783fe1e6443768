import { expect, test, vi } from 'vitest'
import { fetchData, fetchStatus, recordVisit } from '../src/api.ts'
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

test.for([
  ['a visit', recordVisit],
  ['the data', fetchData],
] as const)('after a 503, %s is asked for again', async ([, send]) => {
  const api = vi.fn(answer(200, visit)).mockImplementationOnce(problem(503, {}))
  await serve(api)
  expect(await send()).toMatchObject(visit)
  expect(api).toHaveBeenCalledTimes(2)
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
