import { delay } from '../lib/delay.ts'
import type { Stores } from './counter.ts'
import { type RedisCounter, unsaved } from './redis-store.ts'

const FLUSH_EVERY_MS = 250
const COMPARE_EVERY_MS = 1_000

export type Flusher = ReturnType<typeof startFlusher>

/** Saves in Postgres what Redis counted in this epoch, and tells Redis what Postgres has. A repeat changes nothing. */
export async function flush({ redis, postgres }: Stores, { epoch, counted }: RedisCounter): Promise<void> {
  await redis.reconcile(epoch, await postgres.save(epoch, counted))
}

/** Flushes four times a second (write-behind). Every backend does, at any time. */
export function startFlusher(stores: Stores) {
  let stopping = false
  let savedAt: Date | null = null

  async function flushIfNeeded(): Promise<void> {
    const counter = await stores.redis.read()
    if (!counter) return // the next visit begins an epoch
    // With nothing to save, an occasional comparison is enough to notice what was counted in Postgres.
    if (unsaved(counter) === 0 && Date.now() - Number(savedAt) < COMPARE_EVERY_MS) return
    await flush(stores, counter)
    savedAt = new Date()
  }

  async function flushUntilStopped(): Promise<void> {
    while (!stopping) {
      await flushIfNeeded().catch(() => {}) // the next round tries again
      await delay(FLUSH_EVERY_MS)
    }
    await flushIfNeeded().catch(() => {})
  }

  const stopped = flushUntilStopped()
  return {
    /** When this backend last saw that Redis and Postgres agree; null before the first time. */
    get savedAt() {
      return savedAt
    },
    /** Ends the loop and saves what is left. */
    stop(): Promise<void> {
      stopping = true
      return stopped
    },
  }
}
