import express, { Router } from 'express'
import { expect, test } from 'vitest'
import { allowOnly, unavailable } from '../src/lib/problem.ts'
import { newApi } from './helpers/api.ts'
import { apiClient } from './helpers/client.ts'

const WARN = 40
const problem = 'application/problem+json; charset=utf-8'

/** An API with one route, which reads a body. */
function notesApi() {
  const notes = Router()
    .post('/notes', (_request, response) => void response.json({}))
    .all('/notes', allowOnly('POST'))
  return newApi(express.json({ limit: '10kb' }), notes)
}

test('an unknown path is 404', async () => {
  const { body } = await apiClient(notesApi().app).get('/nowhere').expect(404).expect('Content-Type', problem)
  expect(body).toEqual({ title: 'Not Found', status: 404, detail: 'There is no /nowhere here.' })
})

test('a wrong method is 405, and Allow names the right ones', async () => {
  const { body } = await notesApi()
    .api.get('/notes')
    .expect(405)
    .expect('Content-Type', problem)
    .expect('Allow', 'POST')
  expect(body).toMatchObject({ title: 'Method Not Allowed', status: 405 })
})

test.each([
  [400, 'that is not JSON', 'application/json', '{"half":'],
  [413, 'of more than 10 kB', 'application/json', JSON.stringify('x'.repeat(11_000))],
  [415, 'in an unknown charset', 'application/json; charset=klingon', '{}'],
])('%i: a body %s', async (status, _what, type, text) => {
  const { body } = await notesApi()
    .api.post('/notes')
    .type(type)
    .send(text)
    .expect(status)
    .expect('Content-Type', problem)
  expect(body).toEqual({ title: expect.any(String), status, detail: expect.any(String) })
})

test('what goes wrong inside is 500: the log has the error, the client does not', async () => {
  const { app, logged } = newApi(() => {
    throw new Error('the password is 1234')
  })
  const { body } = await apiClient(app).get('/').expect(500).expect('Content-Type', problem)
  expect(body).toEqual({
    title: 'Internal Server Error',
    status: 500,
    detail: 'Something went wrong on the server.',
  })
  expect(JSON.stringify(logged)).toContain('the password is 1234')
})

test('what is expected to go wrong is one warning in the log, without a stack trace', async () => {
  const { api, logged } = newApi(() => {
    throw unavailable('Not now.')
  })
  await api.get('/').expect(503).expect('Retry-After', '1')
  expect(logged).toMatchObject([{ level: WARN, res: { statusCode: 503 } }])
  expect(JSON.stringify(logged)).not.toMatch(/\\n\s+at /)
})
