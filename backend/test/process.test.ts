import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { EXIT_LIMIT_MS, freePort, startMain, startServing, typescriptOptions } from './helpers/process.ts'
import { startProxies } from './helpers/proxy.ts'

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
  test('on an open connection: readiness is 503, a request is refused, and the answer closes it', async () => {
    const { main, client } = await startServing()
    const [asking, requesting] = [client(), client()]
    for (const { send } of [asking, requesting]) {
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
    expect(await requesting.send('GET', '/data')).toMatchObject({
      status: 503,
      headers: { connection: 'close', 'retry-after': '1' },
    })
    expect(await main.exitCode).toBe(0)
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
    const { redis, postgres } = await startProxies()
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
