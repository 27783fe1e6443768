import { afterAll, beforeAll, expect, test } from 'vitest'
import { psql, redisCli } from '../../e2e/client.ts'
import { docker, type Stack } from '../../e2e/compose.ts'
import { containersOf } from '../../e2e/inspect.ts'
import { startExercise } from '../stack.ts'

const SERVICES = ['postgres', 'redis']

let stack: Stack
let unnamed: string[] = []

beforeAll(async () => {
  stack = await startExercise(SERVICES)
  await psql(stack, "create table kept as select 'a row' as what")
  await redisCli(stack, 'set kept "a key"')
  unnamed = await unnamedVolumes()
  await stack.compose('down')
  await stack.compose('up', '--detach', '--wait', ...SERVICES)
})

afterAll(async () => {
  await stack?.remove()
  // `down` leaves them behind: nobody can tell whose they are.
  if (unnamed.length > 0) await docker('volume', 'rm', ...unnamed)
})

async function unnamedVolumes(): Promise<string[]> {
  const names = '{{range .Mounts}}{{.Name}} {{end}}'
  const output = await docker('inspect', '--format', names, ...(await containersOf(stack)))
  return output.split(/\s+/).filter((name) => /^[0-9a-f]{64}$/.test(name))
}

const tables = () => psql(stack, "select tablename from pg_tables where schemaname = 'public'")

test('what Postgres stored is there after `down` and `up`', async () => {
  expect(await tables(), 'the tables after the second start').toContain('kept')
})

test('what Redis stored is there after `down` and `up`', async () => {
  expect((await redisCli(stack, 'get kept')).trim()).toBe('a key')
})

test('`down -v` deletes it', async () => {
  await stack.compose('down', '--volumes')
  await stack.compose('up', '--detach', '--wait', ...SERVICES)
  expect(await tables()).not.toContain('kept')
  expect((await redisCli(stack, 'get kept')).trim()).toBe('')
})
