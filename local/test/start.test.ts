import { once } from 'node:events'
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findRedis } from '../redis.ts'
import { copyOfApp, failedStart, npmStart, temporaryFolder } from './npm-start.ts'

const redisFound = Boolean(findRedis())
const isWindows = process.platform === 'win32'
const withBoth = { status: 'ok', redis: 'up', postgres: 'up' }
const withoutRedis = { status: 'degraded', redis: 'down', postgres: 'up' }

test('serves the page and the API; the first line says what to open', async () => {
  const app = await npmStart()
  expect(app.output().split('\n')[0]).toBe(`Open http://localhost:${app.port}`)
  expect(app.output()).not.toContain('q  quit') // keys are for terminals
  for (const host of ['localhost', '127.0.0.1']) {
    expect(await (await fetch(`http://${host}:${app.port}/`)).text()).toContain('<title>')
  }
  await app.becomes(redisFound ? withBoth : withoutRedis)
})

test('saves the last visits on Ctrl-C, and leaves nothing running', async () => {
  const dataDir = await temporaryFolder()
  const first = await npmStart({ dataDir })
  for (let visit = 0; visit < 5; visit++) await first.visit()
  first.kill('SIGINT')
  expect(await first.exitCode).toBe(0)
  await first.isGone()
  await rm(join(dataDir, 'redis'), { recursive: true, force: true }) // now only Postgres has them
  expect(await (await npmStart({ dataDir })).visit()).toMatchObject({ count: 6 })
})

// On Windows, nothing tells a process that npm was killed.
test.each(isWindows ? ['node'] : ['node', 'npm'])(
  'leaves nothing running after kill -9 of %s',
  async (program) => {
    const dataDir = await temporaryFolder()
    const first = await npmStart({ dataDir, command: program === 'npm' ? ['npm', 'start'] : undefined })
    for (let visit = 0; visit < 5; visit++) await first.visit()
    first.kill('SIGKILL')
    await first.isGone()
    expect(await (await npmStart({ dataDir })).visit()).toMatchObject({ count: 6 })
  },
)

test('starts after a first start that was killed while it made the database', async () => {
  const dataDir = await temporaryFolder()
  await mkdir(join(dataDir, 'postgres/unfinished'), { recursive: true })
  await writeFile(join(dataDir, 'postgres/unfinished/PG_VERSION'), '18\n')
  await (await npmStart({ dataDir })).becomes(redisFound ? withBoth : withoutRedis)
})

test.skipIf(!redisFound)('goes on when its Redis is killed, and says so', async () => {
  const app = await npmStart()
  await app.becomes(withBoth)
  connect(app.portOf('Redis'), '127.0.0.1').end('SHUTDOWN NOSAVE FORCE\r\n')
  await app.prints('Redis is down: it has ended.')
  await app.becomes(withoutRedis)
})

test.skipIf(isWindows)('runs without Redis, and says why it does not start', async () => {
  const folder = await temporaryFolder()
  const redis = join(folder, 'redis-server')
  await writeFile(redis, '#!/bin/sh\n[ "$1" = --version ] && exit 0\necho Bad file format\nexit 1\n')
  await chmod(redis, 0o755)
  const app = await npmStart({ env: { PATH: folder } })
  await app.prints('Redis is down: Bad file format (remove ')
  expect(app.output()).toMatch(/^Open /)
  await app.becomes(withoutRedis)
})

test('runs without any Redis, and says so', async () => {
  // Every program that is asked for its version fails.
  const preload = `data:text/javascript,
    import children from 'node:child_process'
    import { syncBuiltinESMExports } from 'node:module'
    children.spawnSync = () => ({ status: 1 })
    syncBuiltinESMExports()`
  const app = await npmStart({ preload: preload.replaceAll('\n', ';') })
  await app.prints(
    'Redis is down: no redis-server or valkey-server on the PATH. The backend goes on with Postgres.\n',
  )
  await app.becomes(withoutRedis)
})

test('says in one line that its port is taken or wrong', async () => {
  const server = createServer().listen(0)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as { port: number }
  expect(await failedStart({ env: { HTTP_PORT: `${port}` } })).toBe(
    `Port ${port} is taken. Write another one into .env: HTTP_PORT=${port + 10}\n`,
  )
  expect(await failedStart({ env: { HTTP_PORT: 'web' } })).toBe(
    'HTTP_PORT must be a number from 1 to 65535.\n',
  )
})

test('reads .env, and names each variable that nothing reads', async () => {
  const root = await copyOfApp()
  await writeFile(join(root, '.env'), 'HTTP_PORT=web\nCOMPOSE_PROFILES=tools\nTAG=1.2.3\nPORT=8090\n')
  expect(await failedStart({ root, env: { HTTP_PORT: undefined } })).toBe(
    '.env: nothing reads PORT. All variables are in .env.example.\n' +
      'HTTP_PORT must be a number from 1 to 65535.\n',
  )
})

test('says in one line that another one uses the same data', async () => {
  const dataDir = await temporaryFolder()
  const first = await npmStart({ dataDir })
  expect(await failedStart({ dataDir })).toMatch(/^Another "npm start" is using .+\. Stop it first\.\n$/)
  expect((await first.api('/data')).status).toBe(200)
})

test('says in one line that its data is damaged or from another version', async () => {
  const dataDir = await temporaryFolder()
  await mkdir(join(dataDir, 'postgres/database'), { recursive: true })
  await writeFile(join(dataDir, 'postgres/database/PG_VERSION'), '16\n')
  expect(await failedStart({ dataDir })).toMatch(/^Postgres cannot open its data\. Remove .+\n$/)
})

test('says in one line which Node it needs', async () => {
  const preload = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"20.18.3"})'
  expect(await failedStart({ preload })).toMatch(/^Node 20\.19, 22\.12 or later is needed.+\n$/)
})
