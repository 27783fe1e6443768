import type { IRouter } from 'express'
import { describe, expect, test } from 'vitest'
import { startBackend } from './helpers/backend.ts'
import { newCounter } from './helpers/counter.ts'
import { expectDocumented, mismatches, openApi } from './helpers/openapi.ts'

/** Each operation of openapi.yaml, with the statuses that it may be answered with. */
const operations = Object.entries(openApi.paths).flatMap(([path, pathItem]) =>
  Object.entries(pathItem).flatMap(([method, { responses }]) =>
    responses ? [{ method: method as 'get' | 'post', path, responses }] : [],
  ),
)

/** The routes of a router, those of the routers in it included; Express does not tell where one is mounted. */
function routesOf({ stack }: Pick<IRouter, 'stack'>): string[] {
  return stack.flatMap(({ route, handle }) => {
    if (!route) return 'stack' in handle ? routesOf(handle as IRouter) : []
    // A layer for all methods has none.
    return route.stack.flatMap(({ method }) => (method ? [`${method} ${route.path}`] : []))
  })
}

test('the examples of openapi.yaml fit their schemas', () => {
  for (const { method, path, responses } of operations) {
    for (const { content } of Object.values(responses)) {
      for (const { schema, example } of Object.values(content)) {
        if (example) expect(mismatches(`${method} ${path}`, schema, example)).toEqual([])
      }
    }
  }
})

test('openapi.yaml has the routes of the app, and no others', async () => {
  const { app } = await startBackend(await newCounter())
  const documented = operations.map(({ method, path }) => `${method} ${path}`)
  expect(documented.sort()).toEqual(routesOf(app.router).sort())
})

test('each operation is answered as documented', async () => {
  const { api } = await startBackend(await newCounter())
  for (const { method, path } of operations) {
    expect((await api[method](path)).ok, path).toBe(true)
    if (method === 'get') await api.head(path).expect(200)
  }
})

test('each operation that may be answered with 503 is, while the backend drains', async () => {
  const { api, startDraining } = await startBackend(await newCounter())
  startDraining()
  for (const { method, path, responses } of operations) {
    expect((await api[method](path)).status, path).toBe(responses[503] ? 503 : 200)
  }
})

describe('the check of each answer', () => {
  const right = {
    method: 'GET',
    url: '/visits?any=thing',
    status: 200,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-request-id': '5f0c1a9e3b7d4c628e1f',
      date: 'Tue, 24 Nov 2026 09:30:00 GMT',
    },
    text: '{"count":41,"source":"redis","servedByHost":"3f2a"}',
  }
  const { 'x-request-id': _id, ...withoutId } = right.headers

  test('passes what is documented', () => expectDocumented(right))

  test.each([
    ['another status', { status: 202 }],
    ['another path', { url: '/visitors' }],
    ['another method', { method: 'PUT' }],
    ['a header that is not documented', { headers: { ...right.headers, 'x-powered-by': 'Express' } }],
    ['a header that is missing', { headers: withoutId }],
    ['a header with a wrong value', { headers: { ...right.headers, 'cache-control': 'public' } }],
    ['another content type', { headers: { ...right.headers, 'content-type': 'text/html' } }],
    [
      'a property that is not documented',
      { text: '{"count":41,"source":"redis","servedByHost":"3f2a","id":1}' },
    ],
    ['a property that is missing', { text: '{"count":41,"source":"redis"}' }],
    ['a property of another type', { text: '{"count":"41","source":"redis","servedByHost":"3f2a"}' }],
  ])('notices %s', (_what, change) => {
    expect(() => expectDocumented({ ...right, ...change })).toThrow('Not as in openapi.yaml')
  })
})
