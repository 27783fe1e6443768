import dns from 'node:dns'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { pino } from 'pino'
import { ClientOfflineError } from 'redis'
import { expect, onTestFinished, test, vi } from 'vitest'
import { NotSentError } from '../src/lib/circuit-breaker.ts'
import { migrate } from '../src/lib/migrate.ts'
import { createPool, query } from '../src/lib/postgres.ts'
import { connected, createRedisClient } from '../src/lib/redis.ts'
import { startProxy } from './helpers/proxy.ts'
import { databaseUrl, describeWithRedis, redisUrl } from './helpers/stores.ts'

const log = pino({ level: 'silent' })
// The start-up of a connection as Postgres answers it: authenticated, ready for a query.
const READY = Buffer.from('R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I', 'latin1')

/** A Postgres that accepts connections and answers no query. */
async function startSilentPostgres() {
  const sockets: Socket[] = []
  let startup = ''
  let queries = 0
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.once('data', (bytes) => {
      startup = bytes.toString()
      socket.on('data', () => queries++).write(READY)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    sockets,
    asked: () => vi.waitUntil(() => queries > 0, { timeout: 5_000 }),
    /** What the client asked for when it connected. */
    setting: (name: string) => startup.split('\0')[startup.split('\0').indexOf(name) + 1],
  }
}

function openPool(url: string) {
  const pool = createPool(url)
  pool.on('error', () => {})
  onTestFinished(() => pool.end())
  return pool
}

function openClient(url: string) {
  const client = createRedisClient(url, {})
  const errors: Error[] = []
  client.on('error', (error) => errors.push(error))
  client.connect().catch(() => {})
  onTestFinished(() => client.destroy())
  return { client, errors }
}

/** DNS does not answer: the slowest of all ways to connect. */
function silenceDns(): void {
  const lookup = vi.spyOn(dns, 'lookup').mockImplementation((() => {}) as unknown as typeof dns.lookup)
  onTestFinished(() => lookup.mockRestore())
}

/** How long it takes until this fails, in milliseconds, and the error. */
async function failure(promise: Promise<unknown>) {
  const startedAt = performance.now()
  const error = await promise.then(
    () => expect.unreachable('it did not fail'),
    (error: Error) => error,
  )
  return { error, ms: performance.now() - startedAt }
}

test('a connection to Postgres is given up after a second', async () => {
  silenceDns()
  const { error, ms } = await failure(query(openPool('postgres://nowhere.invalid/postgres'), 'select 1', []))
  expect(error).toBeInstanceOf(NotSentError)
  expect(ms).toBeGreaterThan(900)
  expect(ms).toBeLessThan(1_900)
})

test('a migration gives a connection up after a second, too, and takes it for an outage', async () => {
  silenceDns()
  const onFatal = vi.fn()
  const { ms } = await failure(migrate('postgres://nowhere.invalid/postgres', log, onFatal))
  expect(ms).toBeLessThan(1_900)
  expect(onFatal).not.toHaveBeenCalled()
})

test('a query without an answer is given up after 1.5 s, and its connection is closed', async () => {
  const { url, sockets } = await startSilentPostgres()
  const { error, ms } = await failure(query(openPool(url), 'select 1', []))
  expect(error).not.toBeInstanceOf(NotSentError)
  expect(ms).toBeGreaterThan(1_400)
  expect(ms).toBeLessThan(2_400)
  await vi.waitUntil(() => sockets.every(({ closed }) => closed))
})

test('a connection that breaks in a query or a migration rejects it, and the process lives on', async () => {
  const onFatal = vi.fn()
  const calls = [
    (url: string) => query(openPool(url), 'select 1', []),
    (url: string) => migrate(url, log, onFatal),
  ]
  for (const call of calls) {
    const postgres = await startSilentPostgres()
    const failed = failure(call(postgres.url))
    await postgres.asked()
    for (const socket of postgres.sockets) socket.resetAndDestroy()
    expect((await failed).ms).toBeLessThan(1_400)
  }
  expect(onFatal).not.toHaveBeenCalled()
})

test('Postgres is asked to end a statement after 0.8 s', async () => {
  const postgres = await startSilentPostgres()
  const pool = openPool(postgres.url)
  ;(await pool.connect()).release(true)
  expect(postgres.setting('statement_timeout')).toBe('800')
})

test('a migration without an answer is given up after two minutes, and taken for an outage', async () => {
  const { url, asked } = await startSilentPostgres()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const onFatal = vi.fn()
  const failed = vi.fn()
  migrate(url, log, onFatal).catch(failed)
  await asked()
  await vi.advanceTimersByTimeAsync(50_000)
  expect(failed).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(80_000)
  expect(failed).toHaveBeenCalledOnce()
  expect(onFatal).not.toHaveBeenCalled()
})

test('a migration closes its connection', async () => {
  const proxy = await startProxy(databaseUrl)
  await migrate(proxy.url, log, vi.fn())
  await vi.waitUntil(() => !proxy.connected)
})

test('a connection to Redis is given up after a second, and tried again', async () => {
  silenceDns()
  const { errors } = openClient('redis://nowhere.invalid')
  const startedAt = performance.now()
  await vi.waitUntil(() => errors.length > 1, { timeout: 4_000 })
  expect(performance.now() - startedAt).toBeGreaterThan(1_900)
  expect(errors[0]?.message).toContain('timeout')
})

test('Redis is tried again at least twice a second, however long it is away', () => {
  const { client } = openClient('redis://127.0.0.1:1')
  const wait = client.options.socket?.reconnectStrategy as (retries: number, cause: Error) => number
  for (const retries of [0, 1, 20, 1_000_000]) {
    const ms = wait(retries, new Error('refused'))
    expect(ms).toBeGreaterThanOrEqual(0)
    expect(ms).toBeLessThanOrEqual(500)
  }
})

test('without a connection to Redis, a command is rejected at once and never sent', async () => {
  const { client } = openClient('redis://127.0.0.1:1')
  const { error, ms } = await failure(client.get('key'))
  expect(error).toBeInstanceOf(ClientOfflineError)
  expect(ms).toBeLessThan(200)
})

describeWithRedis('with Redis', () => {
  test('a connection without an answer is closed after 2.5 s, and made again', async () => {
    const proxy = await startProxy(redisUrl)
    const { client } = openClient(proxy.url)
    await connected(client)
    proxy.freeze()
    const { ms } = await failure(client.get('key'))
    expect(ms).toBeGreaterThan(2_000)
    expect(ms).toBeLessThan(3_500)
    proxy.restore()
    await connected(client).catch(() => connected(client))
    await client.get('key')
  })
})
