import { createRequire } from 'node:module'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../ports.ts'
import { createPostgres } from '../postgres.ts'

// The very client that the backend uses.
const { Pool } = createRequire(new URL('../../backend/package.json', import.meta.url))('pg')

async function openPool() {
  const postgres = createPostgres({ port: await freePort() })
  await postgres.start()
  const pool = new Pool({ connectionString: postgres.url, max: 5, query_timeout: 10_000 })
  pool.on('error', () => {}) // a dropped connection
  onTestFinished(() => pool.end().then(postgres.stop))
  return pool
}

test('gives each of many connections its own answer', async () => {
  const pool = await openPool()
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
  const pool = await openPool()
  await pool.query('CREATE TABLE counter AS SELECT 0 AS count')
  // Reads and writes back: that counts right only if no other transaction comes in between.
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
  const pool = await openPool()
  await pool.query('CREATE TABLE counter AS SELECT 0 AS count')
  const client = await pool.connect()
  client.on('error', () => {})
  await client.query('BEGIN')
  await client.query('UPDATE counter SET count = 1')
  client.connection.stream.destroy()
  client.release(true)
  expect((await pool.query('SELECT count FROM counter')).rows).toEqual([{ count: 0 }])
})
