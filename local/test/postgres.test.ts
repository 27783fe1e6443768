import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { startPostgres } from '../postgres.ts'
import { temporaryFolder } from './temporary.ts'

// The very client that the backend uses.
const { Pool } = createRequire(new URL('../../backend/package.json', import.meta.url))('pg')

function openPool(url: string) {
  const pool = new Pool({ connectionString: url, max: 5, statement_timeout: 800, query_timeout: 10_000 })
  pool.on('error', () => {})
  onTestFinished(() => pool.end())
  return pool
}

let shared: string

beforeAll(async () => {
  const postgres = await startPostgres()
  shared = postgres.url
  return postgres.stop
})

test('keeps its data over a restart', async () => {
  const dataDir = await temporaryFolder()
  const first = await startPostgres({ dataDir })
  await openPool(first.url).query('CREATE TABLE kept AS SELECT 42 AS answer')
  await first.stop()

  const second = await startPostgres({ dataDir })
  const { rows } = await openPool(second.url).query('SELECT answer FROM kept')
  await second.stop()
  expect(rows).toEqual([{ answer: 42 }])
})

test('begins again after a first start that was killed while it made the database', async () => {
  const dataDir = await temporaryFolder()
  await mkdir(join(dataDir, 'unfinished'))
  await writeFile(join(dataDir, 'unfinished', 'PG_VERSION'), '18\n')

  const postgres = await startPostgres({ dataDir })
  const { rows } = await openPool(postgres.url).query('SELECT 1 AS one')
  await postgres.stop()
  expect(rows).toEqual([{ one: 1 }])
})

test('refuses a data folder that is in use', async () => {
  const dataDir = await temporaryFolder()
  const first = await startPostgres({ dataDir })
  await expect(startPostgres({ dataDir })).rejects.toThrow(
    /^Another "npm start" is using .*\. Stop it first\.$/,
  )
  await first.stop()
})

test('gives each of many connections its own answer', async () => {
  const pool = openPool(shared)
  const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => pool.connect()))
  // The others have to wait for this transaction, and then go on all at once.
  await first.query('BEGIN')
  const answers = others.map(async (client, i) => {
    const query = i % 2 ? ['SELECT $1::int AS answer', [i]] : ["SELECT $1 || '-' || $2 AS answer", ['a', i]]
    return (await client.query(...query)).rows[0].answer
  })
  await first.query('SELECT 1')
  await first.query('COMMIT')
  expect(await Promise.all(answers)).toEqual(['a-0', 1, 'a-2', 3])
  for (const client of [first, ...others]) client.release()
})

test('keeps the transactions of several connections apart', async () => {
  const pool = openPool(shared)
  await pool.query('CREATE TABLE counter AS SELECT 0 AS count')

  // Reads and writes back: it only counts right if no other transaction comes in between.
  async function addOne(end: 'COMMIT' | 'ROLLBACK') {
    const client = await pool.connect()
    await client.query('BEGIN')
    const { rows } = await client.query('SELECT count FROM counter')
    await client.query('UPDATE counter SET count = $1', [rows[0].count + 1])
    await client.query(end)
    client.release()
  }
  await Promise.all(Array.from({ length: 50 }, (_, i) => addOne(i % 5 ? 'COMMIT' : 'ROLLBACK')))
  expect((await pool.query('SELECT count FROM counter')).rows).toEqual([{ count: 40 }])
})

test('rolls back the transaction of a client that is gone', async () => {
  const pool = openPool(shared)
  await pool.query('CREATE TABLE unharmed AS SELECT 0 AS count')
  const client = await pool.connect()
  client.on('error', () => {})
  await client.query('BEGIN')
  await client.query('UPDATE unharmed SET count = 1')
  client.connection.stream.destroy()
  client.release(true)
  expect((await pool.query('SELECT count FROM unharmed')).rows).toEqual([{ count: 0 }])
})
