import { execFile } from 'node:child_process'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, psql, readCount, visit } from './client.ts'
import { copyRepository, docker, PROD, type Stack, startStack } from './compose.ts'
import { hangUpAtEachStep } from './hang-up.ts'
import { containersOf, savedCount, startTimes } from './inspect.ts'

// Not the usual folder, and only .env knows it. The line has no end, as some editors write it.
const SECRETS_DIR = './passwords'
const ENV = `SECRETS_DIR=${SECRETS_DIR}`
const PASSWORDS = ['postgres_owner_password', 'postgres_password', 'redis_password'] as const

let directory: string
let stack: Stack | undefined

beforeAll(async () => {
  directory = await copyRepository()
})

afterAll(async () => {
  await stack?.remove()
  await rm(directory, { recursive: true, force: true })
})

/** Where and with which variables an operator runs a script. */
function operator() {
  const { SECRETS_DIR: _, ...variables } = stack?.environment ?? {}
  return { cwd: directory, env: { ...process.env, ...variables, COMPOSE_PROJECT_NAME: stack?.project } }
}

/** Runs a command; rejects with what it wrote when it fails. */
async function sh(command: string): Promise<void> {
  await promisify(execFile)('sh', ['-c', command], operator())
}

const inSecrets = (name: string) => join(directory, SECRETS_DIR, name)
const readPasswords = () => Promise.all(PASSWORDS.map((name) => readFile(inSecrets(name), 'utf8')))

test('secrets: interrupted at any step, the next run completes the passwords and .env', async () => {
  await writeFile(join(directory, '.env'), ENV)
  await hangUpAtEachStep({ script: 'secrets', ...operator() }, async () => {
    await sh('sh ops/secrets.sh')
    for (const password of await readPasswords()) expect(password).toMatch(/^[0-9a-f]{48}$/)
    for (const name of PASSWORDS) expect((await stat(inSecrets(name))).mode & 0o777).toBe(0o444)
    expect(await readdir(inSecrets('.'))).toEqual(PASSWORDS)
    expect(await readFile(join(directory, '.env'), 'utf8')).toBe(
      `${ENV}\nCOMPOSE_FILE=compose.yaml:compose.prod.yaml\n`,
    )
    await rm(inSecrets('.'), { recursive: true })
    await writeFile(join(directory, '.env'), ENV)
  })
})

describe('with a running stack', () => {
  let running: Stack

  beforeAll(async () => {
    await sh('sh ops/secrets.sh')
    stack = running = await startStack(PROD, [], { directory, environment: { SECRETS_DIR } })
    await visit(running)
  })

  const LOG_IN = {
    postgres_password: 'PGPASSWORD=$(cat) psql -h postgres -U app -d $POSTGRES_DB -c "select 1"',
    postgres_owner_password: 'PGPASSWORD=$(cat) psql -h postgres -U owner -d $POSTGRES_DB -c "select 1"',
    redis_password: 'REDISCLI_AUTH=$(cat) redis-cli -e -h redis --user app ping',
  }

  /** The files, this one and its successor, whose password a store accepts over the network. */
  async function accepted(password: keyof typeof LOG_IN): Promise<string[]> {
    const names: string[] = []
    const [store] = password.split('_')
    for (const name of await readdir(inSecrets('.'))) {
      if (name !== password && name !== `${password}.new`) continue
      const logIn = sh(`docker compose exec -T ${store} sh -c '${LOG_IN[password]}' < ${SECRETS_DIR}/${name}`)
      await logIn.then(
        () => names.push(name),
        () => {},
      )
    }
    return names
  }

  test('rotate: interrupted at any step, visits are counted, and the next run completes it', async () => {
    // A release has tests of its own, and takes long.
    const deploy = join(directory, 'ops/deploy.sh')
    const original = await readFile(deploy)
    await writeFile(deploy, '')
    await hangUpAtEachStep({ script: 'rotate', ...operator() }, async () => {
      await visit(running)
      for (const password of PASSWORDS) expect(await accepted(password)).not.toEqual([])
      await sh('sh ops/rotate.sh')
      for (const password of PASSWORDS) expect(await accepted(password)).toEqual([password])
      expect(await readdir(inSecrets('.'))).toEqual(PASSWORDS)
    })
    await writeFile(deploy, original)
    await running.compose('up', '--detach', '--wait', '--no-deps', '--force-recreate', 'backend')
    const { count } = await eventually(() => visit(running))
    expect(await savedCount(running)).toBe(count)
  }, 300_000)

  test('deploy: interrupted at any step, it leaves as many healthy backends as before', async () => {
    await hangUpAtEachStep({ script: 'deploy', args: ['backend'], ...operator() }, async () => {
      expect(await containersOf(running, '--all', 'backend')).toHaveLength(2)
      await running.compose('up', '--detach', '--wait')
      await visit(running)
    })
  }, 300_000)

  test('deploy: an old backend that was stopped, as by an interrupted release, does not come back', async () => {
    const before = await containersOf(running, 'backend')
    await running.compose('up', '--detach', '--wait', '--no-recreate', '--scale', 'backend=4')
    await docker('stop', ...before)
    await sh('sh ops/deploy.sh backend')
    const after = await containersOf(running, '--all', 'backend')
    expect(after).toHaveLength(2)
    for (const container of before) expect(after).not.toContain(container)
  })

  test('backup: interrupted at any step, it leaves no part of a backup', async () => {
    await hangUpAtEachStep({ script: 'backup', args: ['visits.dump'], ...operator() }, async () => {
      expect((await readdir(directory)).filter((name) => name.endsWith('.part'))).toEqual([])
    })
    expect(await readdir(directory)).toContain('visits.dump')
  })

  test.each([
    ['empty', ': >', 'is not a complete backup'],
    ['truncated', 'head -c -100 visits.dump >', 'is not a complete backup'],
    ['text', 'echo select 1 >', 'is not a complete backup'],
    [
      'another database’s',
      'docker compose exec -T postgres sh -c \'psql -U postgres -qc "create table if not exists migrations ()"; pg_dump -U postgres -Fc postgres\' >',
      'is the backup of another database',
    ],
  ])('restore: a file that is %s is refused before anything stops', async (_name, make, message) => {
    const before = await startTimes(running)
    await sh(`${make} bad.dump`)
    await expect(sh('sh ops/restore.sh bad.dump')).rejects.toThrow(
      `bad.dump ${message}. Nothing was changed.`,
    )
    expect(await startTimes(running)).toEqual(before)
  })

  test('restore: when Postgres refuses the backup, nothing is restored, and the backend runs again', async () => {
    const { count } = await visit(running)
    await psql(running, 'create view dependent as select * from visit_counts')
    await expect(sh('sh ops/restore.sh visits.dump')).rejects.toThrow('Nothing was restored')
    await psql(running, 'drop view dependent')
    expect((await eventually(() => visit(running))).count).toBe(count + 1)
  })

  test('restore: interrupted at any step, visits are counted again, and the next run completes it', async () => {
    const saved = await savedCount(running)
    await sh('sh ops/backup.sh visits.dump')
    await hangUpAtEachStep({ script: 'restore', args: ['visits.dump'], ...operator() }, async () => {
      expect(await containersOf(running, 'backend')).toHaveLength(2)
      await eventually(() => visit(running))
    })
    // The last run was not interrupted.
    expect((await eventually(() => readCount(running))).count).toBe(saved)
    expect(await eventually(() => visit(running))).toMatchObject({ count: saved + 1, source: 'redis' })
  }, 300_000)
})
