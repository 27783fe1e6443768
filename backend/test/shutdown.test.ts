import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { listen } from '../src/lib/http-server.ts'
import { shutDown } from '../src/shutdown.ts'
import { keepAliveClient } from './helpers/client.ts'
import { deferred } from './helpers/deferred.ts'

const EXIT_LIMIT_MS = 8_000

async function start(listener: RequestListener) {
  const server = await listen(listener, 0)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { server, port }
}

/** Time is the test's from now on. */
function fakeTime() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
}

const answer: RequestListener = (_request, response) => void response.end()
const stop = async () => {}

test('new connections are accepted until none has come for a quarter of a second', async () => {
  const { server, port } = await start(answer)
  fakeTime()
  const stopped = shutDown(server, stop)
  for (let request = 0; request < 4; request++) {
    await vi.advanceTimersByTimeAsync(200)
    expect(await keepAliveClient(port).send('GET', '/')).toMatchObject({ headers: { connection: 'close' } })
  }
  await vi.advanceTimersByTimeAsync(300)
  await expect(keepAliveClient(port).send('GET', '/')).rejects.toThrow('ECONNREFUSED')
  await stopped
})

test('requests that never cease do not keep it from ending', async () => {
  const { server, port } = await start(answer)
  fakeTime()
  const stopped = shutDown(server, stop)
  const refused = vi.fn()
  for (let request = 0; request < EXIT_LIMIT_MS / 200; request++) {
    await keepAliveClient(port).send('GET', '/').catch(refused)
    await vi.advanceTimersByTimeAsync(200)
  }
  expect(refused).toHaveBeenCalled()
  await stopped
})

test('what is in flight is answered before the services stop', async () => {
  const inFlight = deferred()
  const { server, port } = await start(async (_request, response) => {
    await inFlight.promise
    response.end()
  })
  const request = keepAliveClient(port).send('POST', '/')
  await once(server, 'request')
  fakeTime()
  const stopping = vi.fn(stop)
  const stopped = shutDown(server, stopping)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(stopping).not.toHaveBeenCalled()
  inFlight.resolve()
  expect(await request).toMatchObject({ status: 200 })
  await vi.advanceTimersByTimeAsync(3_000)
  expect(stopping).toHaveBeenCalledOnce()
  await stopped
})

test('it waits for the services to save what they have', async () => {
  const { server } = await start(answer)
  fakeTime()
  const saved = deferred()
  const ended = vi.fn()
  shutDown(server, () => saved.promise).then(ended)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(ended).not.toHaveBeenCalled()
  saved.resolve()
  await vi.advanceTimersByTimeAsync(0)
  expect(ended).toHaveBeenCalled()
})

test('a request on an idle connection is answered, as long as the listener is open and beyond', async () => {
  const { server, port } = await start(answer)
  const [first, second] = [keepAliveClient(port), keepAliveClient(port)]
  await Promise.all([first.send('GET', '/'), second.send('GET', '/')])
  fakeTime()
  shutDown(server, stop)
  await vi.advanceTimersByTimeAsync(100)
  expect(await first.send('GET', '/')).toMatchObject({ status: 200, headers: { connection: 'close' } })
  await vi.advanceTimersByTimeAsync(500)
  expect(await second.send('GET', '/')).toMatchObject({ status: 200, headers: { connection: 'close' } })
})

test('it ends in time, though a request, a connection and a service do not', async () => {
  const { server, port } = await start(() => {})
  const [idle, hanging] = [connect(port), keepAliveClient(port).send('GET', '/')]
  await Promise.all([once(idle, 'connect'), once(server, 'request')])
  fakeTime()
  const [ended, closed] = [vi.fn(), once(idle, 'close')]
  shutDown(server, () => new Promise(() => {})).then(ended)
  const failed = expect(hanging).rejects.toThrow()
  await vi.advanceTimersByTimeAsync(EXIT_LIMIT_MS)
  expect(ended).toHaveBeenCalled()
  await Promise.all([failed, closed])
})
