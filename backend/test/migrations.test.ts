import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { freePort, startMain, typescriptOptions } from './helpers/process.ts'
import { databaseUrl } from './helpers/stores.ts'

const BACKEND = fileURLToPath(new URL('../', import.meta.url))
// The last one, however many an application has.
const TABLE = 'table_of_one_more_migration'

/** Runs a statement in the database. */
async function execute(statement: string) {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 })
  try {
    return (await pool.query(statement)).rows
  } finally {
    await pool.end()
  }
}

/** The process, with one more migration. */
async function startWith(name: string, sql: string) {
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const path of ['package.json', 'src', 'migrations']) {
    await cp(join(BACKEND, path), join(folder, path), { recursive: true })
  }
  await symlink(join(BACKEND, 'node_modules'), join(folder, 'node_modules'), 'junction')
  await writeFile(join(folder, 'migrations', name), sql)
  return startMain({ PORT: String(await freePort()) }, join(folder, 'src', 'main.ts'))
}

describe.skipIf(!typescriptOptions)('one more migration', () => {
  async function cleanUp() {
    await execute(`drop table if exists ${TABLE}`)
    await execute("delete from migrations where name like '9999%'")
  }

  test('runs on a database that exists, once, however many backends start', async () => {
    onTestFinished(cleanUp)
    const sql = `create table ${TABLE} (id int);\ninsert into ${TABLE} values (1);\n`
    // One after the other: the embedded Postgres has one session, in which the advisory lock never waits.
    for (let backend = 0; backend < 2; backend++) {
      const main = await startWith('9999_more.sql', sql)
      await main.wrote('serving')
      await main.wrote('postgres is up')
    }
    expect(await execute(`select * from ${TABLE}`)).toEqual([{ id: 1 }])
  })

  test.each([
    ['syntax', 'create tabel wrong ();', 'syntax error'],
    ['a name', 'alter table no_such_table add column wrong int;', 'does not exist'],
    [
      'its data',
      `create table ${TABLE} (id int not null); insert into ${TABLE} values (null);`,
      'null value',
    ],
  ])(
    'that is wrong in %s stops the process with one line that names the file',
    async (_what, sql, reason) => {
      const main = await startWith('9999_wrong.sql', sql)
      expect(await main.exitCode).toBe(1)
      const lines = main.output
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('{'))
      expect(lines).toEqual([expect.stringMatching(`^The migration 9999_wrong failed: .*${reason}`)])
    },
  )
})
