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

    /** Says who is loading the counter; a later token takes the place of an earlier one. */
    async startLoading(token: string): Promise<void> {
      await client.hSet(key, 'loading', token)
    },

    /** The batch to save next, or null when there is nothing to save. */
    cut: (): Promise<Batch | null> => client.cut(key),

    /** Brings the counter in line with Postgres; the newest loader's token also creates it. */
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
