import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'
import pg from 'pg'
import type { Logger } from 'pino'

const CONNECT_TIMEOUT_MS = 1_000
// Postgres itself ends a statement before the circuit breaker gives up on it. The connection of a query that
// is not answered even so is closed a little later.
const STATEMENT_TIMEOUT_MS = 800
const QUERY_TIMEOUT_MS = 1_500
const MIGRATION_TIMEOUT_MS = 60_000
const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url))

/** A connection pool in which nothing can wait for ever. */
export function createPool(databaseUrl: string): pg.Pool {
  return new pg.Pool({
    connectionString: databaseUrl,
    max: 5,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
  })
}

/** Brings the schema up to date. An advisory lock lets one backend migrate while the others wait. */
export async function migrate(databaseUrl: string, log: Logger): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: MIGRATION_TIMEOUT_MS,
    keepAlive: true,
  })
  client.on('error', () => {}) // the query in flight rejects, too
  try {
    await client.connect()
    await runner({
      dbClient: client,
      dir: MIGRATIONS,
      direction: 'up',
      migrationsTable: 'migrations',
      advisoryLockMode: 'wait',
      log: (message) => log.debug(message),
    })
  } finally {
    await client.end()
  }
}
