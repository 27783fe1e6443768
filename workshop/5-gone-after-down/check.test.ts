import { afterAll, beforeAll, expect, test } from 'vitest'
import { psql, redisCli } from '../../e2e/client.ts'
import type { Stack } from '../../e2e/compose.ts'
import { startExercise } from '../stack.ts'

const SERVICES = ['postgres', 'redis']

let stack: Stack

beforeAll(async () => {
  stack = await startExercise(SERVICES)
  await psql(stack, "create table kept as select 'a row' as what")
  await redisCli(stack, 'set kept "a key"')
  await stack.compose('down')
  await stack.compose('up', '--detach', '--wait', ...SERVICES)
})

afterAll(() => stack?.remove())

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
