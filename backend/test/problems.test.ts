import { expect, test, vi } from 'vitest'
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
  for (const path of ['/data', '/status', '/replica', '/health/live', '/health/ready', '/metrics']) {
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

test('a body in an unknown charset is 415', async () => {
  const api = await startApi()
  const type = 'application/json; charset=klingon'
  const { body } = await api.post('/visits').type(type).send('{}').expect(415).expect('Content-Type', problem)
  expect(body).toMatchObject({ title: 'Unsupported Media Type', status: 415 })
})

test('what goes wrong inside is 500: the log has the error, the client does not', async () => {
  const { api, services, logged } = await startBackend(await newCounter())
  vi.spyOn(services.counter, 'current').mockRejectedValue(new Error('the password is 1234'))
  const { body } = await api.get('/visits').expect(500).expect('Content-Type', problem)
  expect(body).toEqual({
    title: 'Internal Server Error',
    status: 500,
    detail: 'Something went wrong on the server.',
  })
  expect(JSON.stringify(logged)).toContain('the password is 1234')
})
