import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../src/lib/http-server.ts'
import { dataRoutes } from '../src/routes/data.ts'
import { newApi } from './helpers/api.ts'
import { apiClient, keepAliveClient } from './helpers/client.ts'

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

const { app } = newApi(dataRoutes())
const api = apiClient(app)

test('GET /data answers what the page shows', async () => {
  const { body } = await api.get('/data').expect(200)
  expect(body).toEqual({
    message: expect.any(String),
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    servedByHost: hostname(),
  })
})

test('an idle connection stays open for longer than the proxy keeps it', async () => {
  const server = await listen(app, 0)
  onTestFinished(() => void server.close())
  const { headers } = await keepAliveClient((server.address() as AddressInfo).port).send('GET', '/data')
  expect(headers['keep-alive']).toBe('timeout=5')
})

test('every answer has a request id of its own', async () => {
  const ids = new Set<string>()
  for (const path of ['/data', '/data', '/nowhere']) {
    const { headers } = await api.get(path).expect('X-Request-Id', uuid)
    ids.add(headers['x-request-id'] as string)
  }
  expect(ids.size).toBe(3)
})

test('the request id of the proxy is kept', async () => {
  const id = '5f0c1a9e3b7d4c628e1f'
  await api.get('/data').set('X-Request-Id', id).expect('X-Request-Id', id)
})

test('a request id that is not plainly an id is replaced', async () => {
  for (const id of ['short', 'x'.repeat(65), 'an id with spaces', '{"level":60}', '<script>1</script>']) {
    await api.get('/data').set('X-Request-Id', id).expect('X-Request-Id', uuid)
  }
})
