import { delay } from '../lib/delay.ts'
import type { Stores } from './counter.ts'
import type { RedisCounter } from './redis-store.ts'

const FLUSH_EVERY_MS = 250
const COMPARE_EVERY_MS = 1_000

export interface Flusher {
  /** When this backend last saw that Redis and Postgres agree; null before the first time. */
  readonly savedAt: Date | null
  /** Ends the loop and saves what is left. */
  stop(): Promise<void>
}

/** Saves in Postgres what Redis has counted in this epoch, and tells Redis what Postgres has. A repeat changes nothing. */
export async function flush({ redis, postgres }: Stores, { epoch, counted }: RedisCounter): Promise<void> {
  await redis.reconcile(epoch, await postgres.save(epoch, counted))
}

/** Saves the visits of Redis in Postgres four times a second (write-behind). Every backend does, at any time. */
export function startFlusher(stores: Stores, onFailure: (error: Error) => void = () => {}): Flusher {
  const stopping = new AbortController()
  let savedAt: Date | null = null

  async function flushIfNeeded(): Promise<void> {
    const counter = await stores.redis.read()
    if (!counter) return // the next visit begins an epoch
    // With nothing to save, an occasional comparison is enough to notice what was counted in Postgres.
    if (counter.counted <= counter.saved && Date.now() - Number(savedAt) < COMPARE_EVERY_MS) return
    await flush(stores, counter)
    savedAt = new Date()
  }

  async function flushUntilStopped(): Promise<void> {
    while (!stopping.signal.aborted) {
      await flushIfNeeded().catch(onFailure) // the next round tries again
      await delay(FLUSH_EVERY_MS, stopping.signal)
    }
    await flushIfNeeded().catch(onFailure)
  }

  const stopped = flushUntilStopped()
  return {
    get savedAt() {
      return savedAt
    },
    stop() {
      stopping.abort()
      return stopped
    },
  }
}
