import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import { lockFolder } from './lock.ts'

/**
 * Starts Postgres inside this process (PGlite is Postgres compiled to WebAssembly), behind an ordinary
 * Postgres port. Without `dataDir` it keeps its data in memory.
 */
export async function startPostgres({ dataDir }: { dataDir?: string } = {}) {
  const unlock = dataDir ? await lockFolder(dataDir) : () => {}
  const db = new SharedPGlite(dataDir && (await databaseIn(dataDir)))
  await db.waitReady
  const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 100 })
  await server.start()
  return {
    url: `postgres://postgres@${server.getServerConn()}/postgres`,
    async stop() {
      await server.stop()
      await db.close()
      unlock()
    },
  }
}

/** The database's own folder in `dataDir`; made elsewhere first, since a half-made one could never be opened. */
async function databaseIn(dataDir: string): Promise<string> {
  const folder = join(dataDir, 'database')
  if (existsSync(folder)) return folder
  const unfinished = join(dataDir, 'unfinished')
  await rm(unfinished, { recursive: true, force: true })
  const db = await PGlite.create(unfinished)
  await db.close()
  await rename(unfinished, folder)
  return folder
}

/**
 * All connections share PGlite's one session. The server in front of it keeps a transaction together, but not
 * the messages of one query with parameters (Parse, Bind, Describe, Execute, Sync): those of two connections
 * mix, and a query gets another one's answer. So a query that has begun counts as a transaction, too.
 * https://github.com/electric-sql/pglite/issues/1046
 */
class SharedPGlite extends PGlite {
  #inQuery = false

  override execProtocolRawSync(message: Uint8Array) {
    this.#inQuery = 'PBDECH'.includes(String.fromCharCode(message[0] ?? 0))
    return super.execProtocolRawSync(message)
  }

  override isInTransaction() {
    return this.#inQuery || super.isInTransaction()
  }
}
