import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createPostgresStore } from '../src/counter/postgres-store.ts'
import { createPool } from '../src/lib/postgres.ts'
import { keepAliveClient } from './helpers/client.ts'
import { databaseUrl, redisUrl } from './helpers/counter.ts'
import { expectDocumented } from './helpers/openapi.ts'
import { freePort, startMain, typescriptOptions } from './helpers/process.ts'
import { startProxy } from './helpers/proxy.ts'

const CLIENTS = 20
const EXIT_LIMIT_MS = 8_000

/** The process counts as in production, so no other test may use this counter. */
async function pageVisits(): Promise<number> {
  const pool = createPool(databaseUrl)
  try {
    return await createPostgresStore(pool, 'page_visits').read()
  } finally {
    await pool.end()
  }
}

/** The process, ready to serve, and what makes clients of it. */
async function startServing() {
  const port = await freePort()
  const main = startMain({ PORT: String(port) })
  await main.wrote('serving')
  return { main, client: () => keepAliveClient(port, expectDocumented) }
}

describe.skipIf(!typescriptOptions)('the process', () => {
  test('ends with one line that names a wrong variable', async () => {
    const main = startMain({ PORT: 'http' })
    expect(await main.exitCode).toBe(1)
    expect(main.output).toMatch(/^Wrong configuration: PORT: .+\n$/)
  })

  test('ends with one line that names PORT when the port is taken', async () => {
    const taken = createServer().listen(0)
    onTestFinished(() => void taken.close())
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const main = startMain({ PORT: String(port), LOG_LEVEL: 'silent' })
    expect(await main.exitCode).toBe(1)
    expect(main.output).toMatch(new RegExp(`^Cannot listen on port ${port} \\(PORT\\): [^\\n]+\\n$`))
  })
})

// Windows has no signals: a process there ends at once.
describe.skipIf(!typescriptOptions || process.platform === 'win32')('SIGTERM', () => {
  test('under load: every request is counted or refused, the process ends in time, every visit is saved', async () => {
    const before = await pageVisits()
    const { main, client } = await startServing()
    const clients = Array.from({ length: CLIENTS }, client)
    let answered = 0
    /** Visits until the backend refuses, and tells that it closes the connection. */
    async function visitUntilRefused({ send }: (typeof clients)[number]): Promise<void> {
      for (;;) {
        const { status, headers } = await send('POST', '/visits')
        if (status === 503) return expect(headers).toMatchObject({ connection: 'close', 'retry-after': '1' })
        expect(status).toBe(201)
        answered++
      }
    }
    const visiting = Promise.all(clients.map(visitUntilRefused))
    await expect.poll(() => answered, { timeout: 10_000 }).toBeGreaterThan(5 * CLIENTS)
    main.terminate()
    const terminatedAt = performance.now()
    await visiting
    expect(await main.exitCode).toBe(0)
    expect(performance.now() - terminatedAt).toBeLessThan(EXIT_LIMIT_MS)
    expect((await pageVisits()) - before).toBe(answered)
  })

  test('on an open connection: readiness is 503, a visit is refused, and the answer closes it', async () => {
    const before = await pageVisits()
    const { main, client } = await startServing()
    const [asking, visiting] = [client(), client()]
    for (const { send } of [asking, visiting]) {
      expect(await send('GET', '/health/ready')).toMatchObject({
        status: 200,
        headers: { connection: 'keep-alive' },
      })
    }
    main.terminate()
    await main.wrote('draining')
    expect(await asking.send('GET', '/health/ready')).toMatchObject({
      status: 503,
      headers: { connection: 'close', 'retry-after': '1' },
    })
    expect(await visiting.send('POST', '/visits')).toMatchObject({
      status: 503,
      headers: { connection: 'close', 'retry-after': '1' },
    })
    expect(await main.exitCode).toBe(0)
    expect((await pageVisits()) - before).toBe(0)
  })

  test('while it starts and both stores are away: the process ends with exit code 0', async () => {
    const main = startMain({
      DATABASE_URL: 'postgres://postgres@127.0.0.1:1/postgres',
      REDIS_URL: 'redis://127.0.0.1:1',
      PORT: String(await freePort()),
    })
    await main.wrote('is down')
    expect(main.output).not.toContain('listening')
    main.terminate()
    expect(await main.exitCode).toBe(0)
    expect(main.output).toContain('stopped')
  })

  test('while both stores are frozen: the process ends in time', async () => {
    const [redis, postgres] = await Promise.all([startProxy(redisUrl), startProxy(databaseUrl)])
    const port = await freePort()
    const main = startMain({ PORT: String(port), DATABASE_URL: postgres.url, REDIS_URL: redis.url })
    await main.wrote('serving')
    redis.freeze()
    postgres.freeze()
    main.terminate()
    const terminatedAt = performance.now()
    expect(await main.exitCode).toBe(0)
    expect(performance.now() - terminatedAt).toBeLessThan(EXIT_LIMIT_MS)
  })

  test('without connections: the process ends at once', async () => {
    const { main } = await startServing()
    main.terminate()
    const terminatedAt = performance.now()
    expect(await main.exitCode).toBe(0)
    expect(performance.now() - terminatedAt).toBeLessThan(3_000)
  })
})
