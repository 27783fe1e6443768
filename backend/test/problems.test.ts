import express from 'express'
import { pino } from 'pino'
import request from 'supertest'
import { expect, test } from 'vitest'
import { sendProblem } from '../src/lib/problem.ts'
import { logRequests } from '../src/lib/request-log.ts'
import { startBackend } from './helpers/backend.ts'
import { newCounter } from './helpers/counter.ts'

const problem = 'application/problem+json; charset=utf-8'

async function startApi() {
  const { api } = await startBackend(await newCounter())
  return api
}

test('an unknown path is 404', async () => {
  const { body } = await (await startApi()).get('/nowhere').expect(404).expect('Content-Type', problem)
  expect(body).toEqual({ title: 'Not Found', status: 404, detail: 'There is no /nowhere here.' })
})

test('a wrong method is 405, and Allow names the right ones', async () => {
  const api = await startApi()
  await api.delete('/visits').expect(405).expect('Allow', 'GET, HEAD, POST')
  for (const path of ['/data', '/status', '/health/live', '/health/ready', '/metrics']) {
    const { body } = await api
      .post(path)
      .expect(405)
      .expect('Content-Type', problem)
      .expect('Allow', 'GET, HEAD')
    expect(body, path).toMatchObject({ title: 'Method Not Allowed', status: 405 })
  }
})

test('a body that is not JSON is 400, and counts nothing', async () => {
  const counter = await newCounter()
  const { api } = await startBackend(counter)
  const { body } = await api
    .post('/visits')
    .type('json')
    .send('{"half":')
    .expect(400)
    .expect('Content-Type', problem)
  expect(body).toMatchObject({ title: 'Bad Request', status: 400 })
  expect((await api.get('/visits')).body).toMatchObject({ count: 0 })
})

test('a body of more than 10 kB is 413', async () => {
  const { body } = await (await startApi())
    .post('/visits')
    .send({ text: 'x'.repeat(11_000) })
    .expect(413)
    .expect('Content-Type', problem)
  expect(body).toMatchObject({ title: expect.any(String), status: 413 })
})

test('what goes wrong inside is 500: the log has the error, the client does not', async () => {
  const lines: string[] = []
  const log = pino({}, { write: (line) => lines.push(line) })
  const app = express()
  app.use(logRequests(log))
  app.get('/', () => {
    throw new Error('the password is 1234')
  })
  app.use(sendProblem)

  const { body } = await request(app).get('/').expect(500).expect('Content-Type', problem)
  expect(body).toEqual({
    title: 'Internal Server Error',
    status: 500,
    detail: 'Something went wrong on the server.',
  })
  expect(lines.join('')).toContain('the password is 1234')
})
