import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { findRedis } from '../redis.ts'
import { npmStart, until } from './npm-start.ts'
import { temporaryFolder } from './temporary.ts'

const redisFound = Boolean(findRedis())

describe('npm start', () => {
  test('serves the page and counts; the first line says what to open', async () => {
    const app = await npmStart({ dataDir: await temporaryFolder() })
    await app.ready()
    expect(app.output().split('\n')[0]).toBe(`Open http://localhost:${app.port}`)
    for (const host of ['localhost', '127.0.0.1']) {
      expect(await (await fetch(`http://${host}:${app.port}/`)).text()).toContain('<title>')
    }
    expect(await app.visit()).toMatchObject({ count: 1, source: redisFound ? 'redis' : 'postgres' })
    expect(await app.visit('GET')).toMatchObject({ count: 1 })
  })

  test('keeps the counts over Ctrl-C, which leaves nothing running', async () => {
    const dataDir = await temporaryFolder()
    const first = await npmStart({ dataDir })
    await first.ready()
    for (let visit = 0; visit < 5; visit++) await first.visit()
    first.kill('SIGINT')
    expect(await first.exitCode).toBe(0)
    await first.isGone()

    const second = await npmStart({ dataDir })
    await second.ready()
    expect(await second.visit()).toMatchObject({ count: 6 })
  })

  test('leaves nothing running after kill -9, and starts again with the counts', async () => {
    const dataDir = await temporaryFolder()
    const first = await npmStart({ dataDir })
    await first.ready()
    for (let visit = 0; visit < 5; visit++) await first.visit()
    first.kill('SIGKILL')
    await first.exitCode

    const second = await npmStart({ dataDir })
    await first.isGone()
    await second.ready()
    expect(await second.visit()).toMatchObject({ count: 6 })
  })

  test.skipIf(!redisFound)('goes on counting when its Redis is killed', async () => {
    const app = await npmStart({ dataDir: await temporaryFolder() })
    await app.ready()
    expect(await app.visit()).toMatchObject({ count: 1, source: 'redis' })
    // So that Postgres has that visit before Redis is gone.
    await until(async () => expect(await saved(app.port)).toBe(true))
    connect(Number(app.addressOf('Redis').port), '127.0.0.1').end('SHUTDOWN NOSAVE FORCE\r\n')
    await until(() => expect(app.output()).toContain('Redis has ended'))
    expect(await app.visit()).toMatchObject({ count: 2, source: 'postgres' })
  })

  test('counts without Redis', async () => {
    const env = { REDIS_URL: 'redis://127.0.0.1:1' }
    const app = await npmStart({ dataDir: await temporaryFolder(), env })
    await app.ready()
    expect(app.output()).toMatch(/^Open /)
    expect(await app.visit()).toMatchObject({ count: 1, source: 'postgres' })
  })

  test('says in one line that its port is taken', async () => {
    const server = createServer().listen(0)
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const httpPort = (server.address() as { port: number }).port
    const app = await npmStart({ dataDir: await temporaryFolder(), httpPort })
    expect(await app.exitCode).toBe(1)
    expect(app.output()).toBe(
      `Port ${httpPort} is taken. Choose another one: HTTP_PORT=${httpPort + 1} npm start\n`,
    )
  })

  test('says in one line that HTTP_PORT is wrong', async () => {
    const app = await npmStart({ dataDir: await temporaryFolder(), env: { HTTP_PORT: 'web' } })
    expect(await app.exitCode).toBe(1)
    expect(app.output()).toBe('HTTP_PORT must be a number from 1 to 65535, not "web"\n')
  })

  test('says in one line that another one uses the same data', async () => {
    const dataDir = await temporaryFolder()
    const first = await npmStart({ dataDir })
    await first.ready()
    const second = await npmStart({ dataDir })
    expect(await second.exitCode).toBe(1)
    expect(second.output()).toMatch(/^Another "npm start" is using .+\. Stop it first\.\n$/)
    expect(await first.visit()).toMatchObject({ count: 1 })
  })
})

async function saved(port: number): Promise<boolean> {
  const response = await fetch(`http://localhost:${port}/api/status`)
  const { visits } = (await response.json()) as { visits: { unsaved: number } }
  return visits.unsaved === 0
}
