import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { askReplicas } from '../src/replicas.ts'

const replica = { host: '3f2a', redis: 'up', postgres: 'down', counted: { redis: 3, postgres: 4 } }

/** What is known of the replicas when the one on this machine answers like this. */
async function ask(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  return askReplicas('localhost', (server.address() as AddressInfo).port)
}

test('a replica says how it is', async () => {
  const replicas = await ask((request, response) => {
    response.statusCode = request.url === '/replica' ? 200 : 404
    response.end(JSON.stringify(replica))
  })
  expect(replicas).toEqual([replica])
})

test('a replica that shuts down, does not answer in time or not at all is left out', async () => {
  expect(await ask((_request, response) => response.writeHead(502).end(JSON.stringify(replica)))).toEqual([])
  expect(await ask(() => {})).toEqual([])
  expect(await ask((request) => request.socket.destroy())).toEqual([])
})

test.each([
  ['a page', '<!doctype html><title>Hello</title>'],
  ['nothing', ''],
  ['null', 'null'],
  ['an empty object', '{}'],
  ['a list', '[]'],
  ['no host', JSON.stringify({ ...replica, host: undefined })],
  ['a host of another type', JSON.stringify({ ...replica, host: 7 })],
  ['an unknown state', JSON.stringify({ ...replica, redis: 'sideways' })],
  ['no state', JSON.stringify({ ...replica, postgres: undefined })],
  ['no counts', JSON.stringify({ ...replica, counted: undefined })],
  ['counts of another type', JSON.stringify({ ...replica, counted: { redis: '3', postgres: 4 } })],
  ['half of the counts', JSON.stringify({ ...replica, counted: { redis: 3 } })],
])('a replica that answers %s is left out', async (_what, body) => {
  expect(await ask((_request, response) => response.end(body))).toEqual([])
})

test('without DNS, no replica is known', async () => {
  expect(await askReplicas('replicas.invalid', 3000)).toEqual([])
})
