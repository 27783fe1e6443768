import { readFileSync } from 'node:fs'
import { defineScript, type RedisClient } from '../lib/redis.ts'
import type { Saved } from './postgres-store.ts'

/** The counter's scripts, as commands of a Redis client. Redis runs each of them as one atomic step. */
export const COUNTER_SCRIPTS = {
  increment: script<number | null>('increment'),
  beginEpoch: script<null>('begin-epoch'),
  reconcile: script<null>('reconcile'),
}

/** What Redis has counted since the current epoch began, and the count of everything else. */
export interface RedisCounter {
  epoch: string
  counted: number
  /** How many of these Postgres has, as far as Redis knows. */
  saved: number
  /** Visits of earlier epochs, and those that were counted in Postgres. */
  elsewhere: number
}

/** All visits. */
export function total({ counted, elsewhere }: RedisCounter): number {
  return elsewhere + counted
}

/** How many visits Postgres does not have yet, as far as Redis knows. */
export function unsaved({ counted, saved }: RedisCounter): number {
  return counted - saved
}

export type RedisStore = ReturnType<typeof createRedisStore>

/** The counter in Redis: one hash, changed only by the scripts next to this file. */
export function createRedisStore(client: RedisClient<typeof COUNTER_SCRIPTS>, id: string) {
  const key = `visits:${id}`
  return {
    /** Counts n visits; the new total, or null when an epoch has to begin first. */
    increment: (n: number): Promise<number | null> => client.increment(key, String(n)),

    /** The counter, or null when Redis has none. */
    async read(): Promise<RedisCounter | null> {
      const { epoch, ...numbers } = await client.hGetAll(key)
      if (!epoch) return null
      const { counted, saved, elsewhere } = numbers
      return { epoch, counted: Number(counted), saved: Number(saved), elsewhere: Number(elsewhere) }
    },

    /** Begins an epoch, unless the counter is no longer as it was read. */
    async beginEpoch(old: RedisCounter | null, epoch: string, count: number): Promise<void> {
      await client.beginEpoch(key, old?.epoch ?? '', old ? String(old.counted) : '', epoch, String(count))
    },

    /** Takes over what Postgres has, where that is more. */
    async reconcile(epoch: string, { saved, elsewhere }: Saved): Promise<void> {
      await client.reconcile(key, epoch, String(saved), String(elsewhere))
    },
  }
}

function script<Reply>(name: string) {
  return defineScript<Reply>(readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8'))
}
