import { setTimeout as delay } from 'node:timers/promises'
import type { Stores } from './counter.ts'
import { handOver } from './hand-over.ts'

const SAVE_EVERY_MS = 250
const LOOK_EVERY_MS = 5_000

export interface Saver {
  /** When this backend last saw that Redis and Postgres agree; null before the first time. */
  readonly savedAt: Date | null
  /** Ends the loop and saves what is left. */
  stop(): Promise<void>
}

/**
 * Hands the visits that Redis counted over to Postgres, batch by batch (write-behind). Every backend does, at
 * any time: a batch is cut once, added once and confirmed once.
 */
export function startSaver({ redis, postgres }: Stores, onFailure: (error: Error) => void = () => {}): Saver {
  const stopping = new AbortController()
  let savedAt: Date | null = null

  async function save(): Promise<void> {
    const batch = await redis.cut()
    // With nothing to save, an occasional look is enough to notice what was counted in Postgres meanwhile.
    if (!batch && Date.now() - Number(savedAt) < LOOK_EVERY_MS) return
    await handOver(redis, postgres, batch)
    savedAt = new Date()
  }

  async function saveUntilStopped(): Promise<void> {
    while (!stopping.signal.aborted) {
      await save().catch(onFailure) // the next round tries again
      await delay(SAVE_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => {})
    }
    await save().catch(onFailure)
  }

  const stopped = saveUntilStopped()
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
