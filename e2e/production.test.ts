import { execFile } from 'node:child_process'
import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countInPostgres, eventually, psql, visit } from './client.ts'
import { APP, buildImage, copyRepository, docker, PROD, type Stack, startStack } from './compose.ts'
import { containersOf, recoveryTime } from './inspect.ts'
import { withoutLoss } from './release.ts'

const run = promisify(execFile)

let directory: string
let stack: Stack

// As on a server: a clone, its own passwords, and the scripts of ops/.
beforeAll(async () => {
  directory = await copyRepository()
  await run('npm', ['run', 'secrets'], { cwd: directory })
  stack = await startStack(PROD, [], { directory, environment: { SECRETS_DIR: './secrets/production' } })
  await visit(stack)
})

afterAll(async () => {
  await stack?.remove()
  await rm(directory, { recursive: true, force: true })
})

/** Runs a script of ops/ on the stack; rejects with what it wrote when it fails. */
async function ops(
  script: string,
  args: string[] = [],
  environment: NodeJS.ProcessEnv = {},
): Promise<string> {
  const env = { ...process.env, ...stack.environment, ...environment }
  const { stdout } = await run('sh', [`ops/${script}.sh`, ...args], { cwd: directory, env })
  return stdout
}

async function imagesOf(service: string): Promise<string[]> {
  const containers = await containersOf(stack, service)
  return (await docker('inspect', '--format', '{{.Config.Image}}', ...containers)).split('\n')
}

describe('every container', () => {
  test('runs as a user that is not root, with no capability and no way to more, under limits', async () => {
    const containers = await containersOf(stack)
    for (const container of JSON.parse(await docker('inspect', ...containers))) {
      const { Name: name, Config: config, HostConfig: host } = container
      expect(config.User, name).toMatch(/^[1-9]\d*:[1-9]\d*$/)
      expect(host, name).toMatchObject({
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges:true'],
        Init: true,
        Privileged: false,
      })
      expect(host.MemorySwap, name).toBe(host.Memory)
      for (const limit of ['Memory', 'NanoCpus', 'PidsLimit']) {
        expect(host[limit], `${limit} of ${name}`).toBeGreaterThan(0)
      }
      // What the kernel says of the process itself, not what it was asked for.
      const status = await docker('exec', container.Id, 'cat', '/proc/1/status')
      expect(status, name).toMatch(/^Uid:\t[1-9]/m)
      expect(status, name).toMatch(/^CapEff:\t0{16}$/m)
      expect(status, name).toMatch(/^NoNewPrivs:\t1$/m)
      await expect(docker('exec', container.Id, 'touch', '/file'), name).rejects.toThrow(
        /Read-only file system/,
      )
    }
  })
})

test.each(['backend', 'nginx'])('the image of %s has the health check of the service', async (service) => {
  const { services } = JSON.parse(await stack.compose('config', '--format', 'json'))
  const inspected = await docker(
    'image',
    'inspect',
    '--format',
    '{{json .Config.Healthcheck}}',
    services[service].image,
  )
  expect(JSON.parse(inspected).Test).toEqual(services[service].healthcheck.test)
})

describe('the passwords', () => {
  const files = ['postgres_password', 'postgres_owner_password', 'redis_password']
  const read = () =>
    Promise.all(files.map((file) => readFile(join(directory, 'secrets/production', file), 'utf8')))

  test('are random, and only their owner can come near them', async () => {
    for (const password of await read()) expect(password).toMatch(/^[0-9a-f]{48}$/)
    expect((await stat(join(directory, 'secrets/production'))).mode & 0o777).toBe(0o700)
  })

  test('are in no environment, no command line, no log and no image', async () => {
    const passwords = await read()
    const containers = await containersOf(stack)
    const images = (await Promise.all(['backend', 'nginx'].map(imagesOf))).flat()
    const places = [
      await docker('inspect', ...containers),
      ...(await Promise.all(containers.map((container) => docker('top', container, '-eo', 'pid,args')))),
      await stack.compose('logs'),
      ...(await Promise.all(images.map((image) => docker('history', '--no-trunc', image)))),
    ]
    for (const place of places) for (const password of passwords) expect(place).not.toContain(password)
  })

  test('are made once: a second run keeps them', async () => {
    const before = await read()
    expect(await ops('secrets')).toContain('stays as it is')
    expect(await read()).toEqual(before)
  })

  test('can be replaced under load, and the old ones are worth nothing then', async () => {
    const [oldPostgres, , oldRedis] = await read()
    await withoutLoss(stack, () => ops('rotate'))
    const [newPostgres] = await read()
    const login = (env: string, command: string, service: string) =>
      stack.compose('exec', '-T', '-e', env, service, 'sh', '-c', command)
    const ping = 'redis-cli -e -h 127.0.0.1 --user app ping'
    await expect(login(`REDISCLI_AUTH=${oldRedis}`, ping, 'redis')).rejects.toThrow(/WRONGPASS|NOAUTH/)
    const select = 'psql -h postgres -U app -d $POSTGRES_DB -tAc "select 1"'
    expect(await login(`PGPASSWORD=${newPostgres}`, select, 'postgres')).toBe('1\n')
    await expect(login(`PGPASSWORD=${oldPostgres}`, select, 'postgres')).rejects.toThrow(
      /password authentication failed/,
    )
  })
})

describe('whoever has taken over a backend', () => {
  const ROLES = ['databaseUrl', 'ownerUrl'] as const
  const SERVER = [
    "copy (select 1) to program 'id'",
    "select pg_read_file('/etc/passwd')",
    'select * from pg_shadow',
    'create role mine',
  ]

  /** Runs a module in its container, where `config` is its configuration, and reads the JSON that it prints. */
  async function inBackend(module: string): Promise<Record<string, string>> {
    const preamble = `
      import pg from 'pg'
      import { createClient } from 'redis'
      import { readConfig } from './src/config.ts'
      const config = readConfig(process.env)
      const answers = {}`
    const node = ['node', '--input-type=module', '--eval', `${preamble}\n${module}`]
    return JSON.parse(await stack.compose('exec', '-T', 'backend', ...node))
  }

  /** What Postgres answers to each statement; the first one that is refused may be the login. */
  const askPostgres = (role: (typeof ROLES)[number], statements: string[], change: Partial<URL> = {}) =>
    inBackend(`
      const url = Object.assign(new URL(config.${role}), ${JSON.stringify(change)})
      const client = new pg.Client({ connectionString: url.href })
      const refused = await client.connect().then(() => undefined, (error) => error.message)
      for (const statement of ${JSON.stringify(statements)}) {
        answers[statement] = refused ?? (await client.query(statement).then(() => 'done', (error) => error.message))
      }
      await client.end()
      console.log(JSON.stringify(answers))`)

  test('cannot change tables as the app', async () => {
    const changes = [
      'create table mine ()',
      'drop table visit_counts',
      'alter table visit_counts owner to app',
      'set role owner',
    ]
    const answers = await askPostgres('databaseUrl', ['select * from visit_counts', ...changes])
    expect(answers).toMatchObject({ 'select * from visit_counts': 'done' })
    for (const change of changes) expect(answers[change]).toMatch(/^permission denied|^must be owner/)
  })

  test.each(ROLES)('cannot do anything to Postgres’s server with %s', async (role) => {
    const answers = await askPostgres(role, ['select 1', ...SERVER])
    expect(answers).toMatchObject({ 'select 1': 'done' })
    for (const statement of SERVER) expect(answers[statement]).toMatch(/^permission denied/)
  })

  test.each(ROLES)('cannot enter another database with %s', async (role) => {
    for (const pathname of ['postgres', 'template1']) {
      const answers = await askPostgres(role, ['select 1'], { pathname })
      expect(answers['select 1']).toContain('permission denied for database')
    }
  })

  test.each(ROLES)('cannot log in as the superuser with the password of %s', async (role) => {
    const answers = await askPostgres(role, ['select 1'], { username: 'postgres' })
    expect(answers['select 1']).toContain('password authentication failed')
  })

  test('cannot configure Redis, empty it or stop it', async () => {
    const commands = ['CONFIG GET dir', 'CONFIG SET dir /tmp', 'FLUSHALL', 'SHUTDOWN', 'ACL LIST', 'KEYS *']
    const answers = await inBackend(`
      const client = await createClient({ url: config.redisUrl }).connect()
      for (const command of ${JSON.stringify(['PING', ...commands])}) {
        answers[command] = await client.sendCommand(command.split(' ')).catch((error) => error.message)
      }
      client.destroy()
      console.log(JSON.stringify(answers))`)
    expect(answers).toMatchObject({ PING: 'PONG' })
    for (const command of commands) expect(answers[command]).toMatch(/^NOPERM/)
  })
})

describe('a release', () => {
  test('replaces the backends under load without a failed request, and so does a rollback', async () => {
    await buildImage('backend', 'test-2', 'LABEL release=2')
    await withoutLoss(stack, () => ops('deploy', ['backend'], { TAG: 'test-2' }))
    expect(await imagesOf('backend')).toEqual(Array(2).fill(`${APP}-backend:test-2`))
    await withoutLoss(stack, () => ops('deploy', ['backend']))
    expect(await imagesOf('backend')).toEqual(Array(2).fill(`${APP}-backend:test`))
  })

  test('lets one backend migrate, while the other one waits', async () => {
    // With its expectation at once: it is rejected before the end that it waits for is answered.
    const holding = expect(psql(stack, 'begin; lock table migrations; select pg_sleep(60)')).rejects.toThrow(
      'terminating connection',
    )
    const start = stack.compose('up', '--detach', '--wait', '--no-deps', '--force-recreate', 'backend')
    const locks = "select granted from pg_locks where locktype = 'advisory' order by granted"
    await eventually(async () => expect(await psql(stack, locks)).toBe('f\nt'), 30_000)
    await psql(
      stack,
      "select pg_terminate_backend(pid) from pg_locks where relation = 'migrations'::regclass and granted",
    )
    await holding
    await start
  })

  test('replaces nginx with a gap of 3 s at most', async () => {
    await buildImage('nginx', 'test-2', 'LABEL release=2')
    expect(await longestGap(() => ops('deploy', ['nginx'], { TAG: 'test-2' }))).toBeLessThan(3_000)
    expect(await imagesOf('nginx')).toEqual([`${APP}-nginx:test-2`])
    await ops('deploy', ['nginx'])
    expect(await imagesOf('nginx')).toEqual([`${APP}-nginx:test`])
  })

  test.each([
    ['nginx', 'COPY --chmod=644 <<END /etc/nginx/nginx.conf\nbroken\nEND', 'does not start'],
    // Last: until nginx asks for addresses again, it has those of the backends that were removed.
    ['backend', 'CMD ["sleep", "60"]', 'is not healthy'],
  ])(
    'with a broken image does not take the place of the good %s',
    async (service, lines, message) => {
      await buildImage(service, 'test-broken', lines)
      const before = await containersOf(stack, service)
      await withoutLoss(stack, async () => {
        const deploy = ops('deploy', [service], { TAG: 'test-broken' })
        await expect(deploy).rejects.toThrow(`The new ${service} ${message}`)
      })
      expect((await containersOf(stack, service)).sort()).toEqual(before.sort())
    },
    120_000,
  )

  /** The longest time without a counted visit while something runs, in milliseconds. */
  async function longestGap(action: () => Promise<unknown>): Promise<number> {
    let running = true
    let longest = 0
    let last = performance.now()
    const visits = (async () => {
      while (running) {
        await eventually(() => visit(stack), 30_000, 10)
        longest = Math.max(longest, performance.now() - last)
        last = performance.now()
      }
    })()
    await action()
    running = false
    await visits
    return longest
  }
})

test('after a reboot, the containers can start in any order', async () => {
  const { count } = await visit(stack)
  await docker('stop', ...(await containersOf(stack)))
  for (const service of ['nginx', 'backend', 'redis', 'postgres']) {
    await docker('start', ...(await containersOf(stack, '--all', service)))
  }
  expect((await eventually(() => visit(stack), 60_000)).count).toBeGreaterThan(count)
  await recoveryTime(stack)
})

test('the nightly backup can be restored', async () => {
  const page = await readFile(join(directory, 'docs/production.md'), 'utf8')
  const line = page.match(/^0 3 \* \* \* {2}(.*)$/m)?.[1] ?? 'no line of a crontab'
  // As cron reads it; in this folder instead of the server's.
  const command = line
    .replaceAll('\\%', '%')
    .replace(/cd \S+ && /, '')
    .replace('/var/backups/', '')
  await run('sh', ['-c', command], { cwd: directory, env: { ...process.env, ...stack.environment } })
  await visit(stack)
  const later = await visit(stack)
  await ops('restore', [`visits-${(await run('date', ['+%u'])).stdout.trim()}.dump`])
  expect((await eventually(() => visit(stack))).count).toBeLessThan(later.count)
})

test('a backup of the running stack can be restored over a later state, and into an empty stack', async () => {
  await withoutLoss(stack, () => ops('backup', ['visits.dump']))
  const later = await visit(stack)
  await ops('restore', ['visits.dump'])
  const restored = await eventually(() => visit(stack))
  expect(restored.count).toBeLessThan(later.count)
  await expect(ops('restore', ['no.dump'])).rejects.toThrow(/no\.dump cannot be read/)

  await stack.compose('down', '--volumes')
  await ops('restore', ['visits.dump'])
  expect(await eventually(() => visit(stack))).toMatchObject({ count: restored.count, source: 'redis' })
  await eventually(async () => expect(await countInPostgres(stack)).toBe(restored.count))
})
