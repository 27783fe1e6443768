import { createRequire } from 'node:module'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../ports.ts'
import { createPostgres } from '../postgres.ts'

// The very client that the backend uses.
const { Pool } = createRequire(new URL('../../backend/package.json', import.meta.url))('pg')

test('gives each of many connections its own answer', async () => {
  const postgres = createPostgres({ port: await freePort() })
  await postgres.start()
  const pool = new Pool({ connectionString: postgres.url, max: 5, query_timeout: 10_000 })
  onTestFinished(() => pool.end().then(postgres.stop))

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
