import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'
import pg from 'pg'
import type { Logger } from 'pino'
import { NotSentError } from './circuit-breaker.ts'

const CONNECT_TIMEOUT_MS = 1_000
// Postgres itself ends a statement before the circuit breaker gives up on it. The connection of a query that is not
// answered even so is closed a little later.
const STATEMENT_TIMEOUT_MS = 800
const QUERY_TIMEOUT_MS = 1_500
const MIGRATION_TIMEOUT_MS = 60_000
const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url))

/** A connection pool in which nothing can wait for ever. */
export function createPool(databaseUrl: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 5,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
  })
  // A connection that breaks in use: its query rejects, too, but without a listener the process would end.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** The rows that one statement returns; rejects with a NotSentError when there is no connection to send it on. */
export async function query<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  text: string,
  values: unknown[],
): Promise<Row[]> {
  const client = await pool.connect().catch((cause: Error) => {
    throw new NotSentError(cause.message, { cause })
  })
  try {
    const { rows } = await client.query<Row>(text, values)
    client.release()
    return rows
  } catch (error) {
    client.release(true) // closes the connection: nobody knows what is still under way on it
    throw error
  }
}

/**
 * Brings the schema up to date; an advisory lock lets one backend migrate while the others wait. Rejects when that fails;
 * where trying again would not help, `onFatal` hears of it first, in a sentence that names the file.
 */
export async function migrate(
  databaseUrl: string,
  log: Logger,
  onFatal: (error: Error) => void,
  dir = MIGRATIONS,
): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: MIGRATION_TIMEOUT_MS,
    keepAlive: true,
  })
  client.on('error', () => {}) // the query in flight rejects, too
  let file = dir
  try {
    await client.connect()
    await runner({
      dbClient: client,
      dir,
      direction: 'up',
      migrationsTable: 'migrations',
      advisoryLockMode: 'wait',
      log(message: string) {
        file = message.match(/### MIGRATION (\S+)/)?.[1] ?? file
        log.debug(message)
      },
    })
  } catch (error) {
    if (!isOutage(error as Error))
      onFatal(new Error(`The migration ${file} failed: ${(error as Error).message}`))
    throw error
  } finally {
    await client.end()
  }
}

/** Whether Postgres did not answer, or refused for another reason than what the statement says. */
function isOutage(error: Error & { code?: string }): boolean {
  // Without a code: node-pg-migrate itself found the files wrong. 22, 23, 42: data, constraints, syntax and names.
  // https://www.postgresql.org/docs/current/errcodes-appendix.html
  return error.code ? !/^(22|23|42)/.test(error.code) : /connect|terminat|timeout/i.test(error.message)
}

/** What to do about an error that is a mistake in the configuration and no outage; undefined for any other error. */
export function postgresAdvice(error: Error): string | undefined {
  const { code } = (error.cause ?? error) as { code?: string }
  switch (code) {
    case '28P01': // wrong password
    case '28000': // unknown user
      return 'Postgres refuses the credentials: set POSTGRES_USER and POSTGRES_PASSWORD (or its file, or DATABASE_URL) to what the database has. It takes them from its environment only when its volume is new.'
    case '3D000':
      return 'The database does not exist: create it, or correct POSTGRES_DB or DATABASE_URL.'
    case '42501':
      return 'The user lacks a privilege: grant it, or correct POSTGRES_USER or DATABASE_URL.'
  }
}
