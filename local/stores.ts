import { isAbsolute } from 'node:path'
import { startPostgres } from './postgres.ts'
import { findRedis, startRedis } from './redis.ts'

/** A Postgres or a Redis to use: ours, or one that the environment names and that we leave alone. */
export interface Store {
  url: string
  /** What it is, in a few words for people. */
  what: string
  stop(): Promise<void>
  exited?: Promise<number>
}

// Nothing listens there: the backend takes it for a Redis that is down, and falls back on Postgres.
const NO_REDIS = 'redis://127.0.0.1:1'

/** The Postgres that DATABASE_URL names, else an embedded one. */
export async function openPostgres(dataDir?: string): Promise<Store> {
  const url = process.env.DATABASE_URL
  if (url) return { url, what: 'from DATABASE_URL', stop: async () => {} }
  return { ...(await startPostgres({ dataDir })), what: 'embedded (PGlite)' }
}

/** The Redis that REDIS_URL names, else one found on this machine; fails if there is none. */
export async function openRedis(dataDir?: string): Promise<Store> {
  const url = process.env.REDIS_URL
  if (url) return { url, what: 'from REDIS_URL', stop: async () => {} }
  const command = findRedis()
  if (!command) throw new Error('none found: no redis-server or valkey-server on the PATH')
  const what = isAbsolute(command) ? 'redis-server from npm' : `${command} from the PATH`
  return { ...(await startRedis({ command, dataDir })), what }
}

/** Stands in for a Redis that could not be had. */
export function withoutRedis({ message }: Error): Store {
  return { url: NO_REDIS, what: `${message}; Postgres counts alone`, stop: async () => {} }
}
