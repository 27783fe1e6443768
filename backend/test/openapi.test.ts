import type { IRouter } from 'express'
import { describe, expect, test } from 'vitest'
import { startBackend } from './helpers/backend.ts'
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
  const { app } = await startBackend()
  const documented = operations.map(({ method, path }) => `${method} ${path}`)
  expect(documented.sort()).toEqual(routesOf(app.router).sort())
})

test('each operation is answered as documented', async () => {
  const { api } = await startBackend()
  for (const { method, path } of operations) {
    expect((await api[method](path)).ok, path).toBe(true)
    if (method === 'get') await api.head(path).expect(200)
  }
})

test('a method that a path does not have is 405, and Allow names those that it has', async () => {
  const { api } = await startBackend()
  for (const path of Object.keys(openApi.paths)) {
    const methods = operations.filter((each) => each.path === path).map(({ method }) => method.toUpperCase())
    await api
      .delete(path)
      .expect(405)
      .expect('Allow', [...methods, 'HEAD'].sort().join(', '))
  }
})

test('no cache keeps an answer, and none says what made it', async () => {
  const { api } = await startBackend()
  for (const path of [...Object.keys(openApi.paths), '/nowhere']) {
    const { headers } = await api.get(path)
    expect(headers, path).toMatchObject({ 'cache-control': 'no-store' })
    expect(headers, path).not.toHaveProperty('x-powered-by')
  }
})

test('each operation that may be answered with 503 is, while the backend drains', async () => {
  const { api, startDraining } = await startBackend()
  startDraining()
  for (const { method, path, responses } of operations) {
    expect((await api[method](path)).status, path).toBe(responses[503] ? 503 : 200)
  }
})

describe('the check of each answer', () => {
  const data = { message: 'Hello', timestamp: '2026-11-24T09:30:00.000Z', servedByHost: '3f2a' }
  const right = {
    method: 'GET',
    url: '/data?any=thing',
    status: 200,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-request-id': '5f0c1a9e3b7d4c628e1f',
      date: 'Tue, 24 Nov 2026 09:30:00 GMT',
    },
    text: JSON.stringify(data),
  }
  const { 'x-request-id': _id, ...withoutId } = right.headers

  test('passes what is documented', () => expectDocumented(right))

  test.each([
    ['another status', { status: 202 }],
    ['another path', { url: '/date' }],
    ['another method', { method: 'PUT' }],
    ['a header that is not documented', { headers: { ...right.headers, 'x-powered-by': 'Express' } }],
    ['a header that is missing', { headers: withoutId }],
    ['a header with a wrong value', { headers: { ...right.headers, 'cache-control': 'public' } }],
    ['another content type', { headers: { ...right.headers, 'content-type': 'text/html' } }],
    ['a property that is not documented', { text: JSON.stringify({ ...data, id: 1 }) }],
    ['a property that is missing', { text: JSON.stringify({ ...data, message: undefined }) }],
    ['a property of another type', { text: JSON.stringify({ ...data, message: 41 }) }],
  ])('notices %s', (_what, change) => {
    expect(() => expectDocumented({ ...right, ...change })).toThrow('Not as in openapi.yaml')
  })
})
