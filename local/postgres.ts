import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'

/**
 * Postgres in this process (PGlite is Postgres compiled to WebAssembly), behind an ordinary Postgres port.
 * Without `dataDir` it keeps its data in memory. `start` rejects if it can't open its data.
 */
export function createPostgres({ port, dataDir }: { port: number; dataDir?: string }) {
  let running: { db: PGlite; server: PGLiteSocketServer } | undefined
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    isRunning: () => running !== undefined,
    async start() {
      const db = new SharedPGlite(dataDir && (await databaseIn(join(dataDir, 'postgres'))))
      await db.waitReady.catch((error: Error) => {
        throw new Error(
          `Postgres cannot open its data. Remove ${dataDir} to start from 0. (${error.message})`,
        )
      })
      const server = new PGLiteSocketServer({ db, port, maxConnections: 100 })
      await server.start()
      running = { db, server }
    },
    async stop() {
      await running?.server.stop()
      await running?.db.close()
      running = undefined
    },
  }
}

/** The database in `folder`. A new one is made elsewhere first, because a half-made one could never be opened. */
async function databaseIn(folder: string): Promise<string> {
  const database = join(folder, 'database')
  if (existsSync(database)) return database
  const unfinished = join(folder, 'unfinished')
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const db = await PGlite.create(unfinished)
  await db.close()
  await rename(unfinished, database)
  return database
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
