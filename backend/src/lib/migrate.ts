import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'
import pg from 'pg'
import type { Logger } from 'pino'
import { CONNECT_TIMEOUT_MS } from './postgres.ts'

const LIMIT_MS = 60_000
const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url))

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
    query_timeout: LIMIT_MS,
  })
  client.on('error', () => {}) // the query in flight rejects, too
  let file = dir
  function noteFile(message: string): void {
    file = message.match(/### MIGRATION (\S+)/)?.[1] ?? file
    log.debug(message)
  }
  try {
    await client.connect()
    await runner({
      dbClient: client,
      dir,
      direction: 'up',
      migrationsTable: 'migrations',
      advisoryLockMode: 'wait',
      log: noteFile,
    }).catch((error) => {
      if (isWrong(error)) onFatal(new Error(`The migration ${file} failed: ${error.message}`))
      throw error
    })
  } finally {
    await client.end()
  }
}

/** Whether the migration itself is wrong, and not the connection or a privilege. */
function isWrong({ code, message }: pg.DatabaseError): boolean {
  // Without a code: node-pg-migrate found the files wrong, or the connection was lost.
  if (!code) return !/connect|terminat|timeout/i.test(message)
  // Data, constraints, syntax and names: https://www.postgresql.org/docs/current/errcodes-appendix.html
  return /^(22|23|42)/.test(code) && code !== '42501'
}
