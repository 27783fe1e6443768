import { ClientOfflineError, ErrorReply } from 'redis'
import { StoreDownError } from '../circuit.ts'
import type { RedisClient } from '../redis.ts'
import type { Batch, Look } from './postgres-store.ts'

export type RedisStore = ReturnType<typeof createRedisStore>

/** The counter in Redis: one hash, changed only by the scripts next to this file. */
export function createRedisStore(client: RedisClient, id: string) {
  const key = `visits:${id}`
  return {
    /** Counts n visits; the new total, or null when the counter has to be loaded first. */
    hit: (n: number): Promise<number | null> => client.hit(key, String(n)),

    /** The total and the visits that Postgres does not have yet, or null when there is no counter. */
    async read(): Promise<{ total: number; unsaved: number } | null> {
      const [total, unsaved, saving] = await client.hmGet(key, ['total', 'unsaved', 'saving'])
      return total ? { total: Number(total), unsaved: Number(unsaved) + Number(saving) } : null
    },

    /**
     * The token with which the counter may be created by whoever looks at Postgres from now on: the given one, or
     * that of another backend which loads, too. It does not survive a loss of Redis's data.
     */
    async startLoading(token: string): Promise<string> {
      const [, current] = await Promise.all([
        client.hSetNX(key, 'loading', token),
        client.hGet(key, 'loading'),
      ])
      return current ?? ''
    },

    /** The batch to save next, or null when there is nothing to save. */
    cut: (): Promise<Batch | null> => client.cut(key),

    /** Brings the counter in line with Postgres; with the token of now, also creates it. */
    async settle(look: Look, token = ''): Promise<void> {
      await client.settle(key, look.count, look.batch, look.fresh, token)
    },

    async ping(): Promise<void> {
      await client.ping()
    },
  }
}

/** Whether Redis may have run a command that failed, or may still run it: it was sent and not refused. */
export function mayHaveRun(error: unknown): boolean {
  return !(
    error instanceof StoreDownError ||
    error instanceof ClientOfflineError ||
    error instanceof ErrorReply
  )
}
