import pg from 'pg'
import { NotSentError } from './circuit-breaker.ts'

export const CONNECT_TIMEOUT_MS = 1_000
// Postgres ends a statement before the circuit breaker gives up on it; the connection of one without an answer is closed.
const STATEMENT_TIMEOUT_MS = 800
const QUERY_TIMEOUT_MS = 1_500

/** A connection pool in which nothing can wait for ever. */
export function createPool(databaseUrl: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 5,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
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

/** What to do about an error that is a mistake in the configuration and no outage; undefined for any other error. */
export function postgresAdvice(error: Error): string | undefined {
  const { code, message } = (error.cause ?? error) as pg.DatabaseError
  if (code === '28P01' || code === '28000' || message?.startsWith('SASL')) {
    return 'Set POSTGRES_USER and POSTGRES_PASSWORD (for migrations, POSTGRES_OWNER and POSTGRES_OWNER_PASSWORD; or DATABASE_URL for both) to what the database has: it takes passwords from files only when its volume is new.'
  }
  if (code === '3D000') return 'Create the database, or correct POSTGRES_DB or DATABASE_URL.'
  if (code === '42501')
    return 'Grant the privilege, or correct POSTGRES_USER, POSTGRES_OWNER or DATABASE_URL.'
}
