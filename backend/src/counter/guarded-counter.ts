import type { Breakers } from '../connections.ts'
import { guard } from '../lib/guard.ts'
import { createCounter, increment, type Stores } from './counter.ts'
import { type Flusher, flush, startFlusher } from './flusher.ts'
import { total, unsaved } from './redis-store.ts'

export type GuardedCounter = ReturnType<typeof createGuardedCounter>

/** The counter with its flusher, and with every call to a store through its circuit breaker. */
export function createGuardedCounter(unguarded: Stores, breakers: Breakers, onInDoubt: () => void) {
  const stores: Stores = {
    redis: guard(unguarded.redis, breakers.redis),
    postgres: guard(unguarded.postgres, breakers.postgres),
  }
  let flusher: Flusher | undefined

  // Each probe does what a visit does, for no visit: a store that answers but does not write is down.
  breakers.redis.addProbe(async () => {
    const rejoining = { redis: unguarded.redis, postgres: stores.postgres }
    await increment(rejoining, 0)
    // Redis learns what was counted in Postgres, and goes on from there; if Postgres is away, it does later.
    const counter = await unguarded.redis.read()
    if (counter) await flush(rejoining, counter).catch(() => {})
  })
  breakers.postgres.addProbe(async () => {
    await unguarded.postgres.add(0)
    // The flush writes another row, which may be locked while this one is not.
    const counter = await stores.redis.read().catch(() => null)
    if (counter) await unguarded.postgres.save(counter.epoch, counter.counted)
  })

  return {
    ...createCounter(stores, onInDoubt),
    /** The count, the visits that Postgres does not have yet, and when this backend last saw the stores agree; or null. */
    async status(): Promise<{ count: number | null; unsaved: number | null; savedAt: Date | null }> {
      const inRedis = await stores.redis.read().catch(() => undefined)
      const count = inRedis ? total(inRedis) : await stores.postgres.read().catch(() => null)
      const savedAt = flusher?.savedAt ?? null
      if (inRedis) return { count, unsaved: unsaved(inRedis), savedAt }
      return { count, unsaved: inRedis === null ? 0 : null, savedAt }
    },
    /** Begins to flush. */
    start(): void {
      flusher = startFlusher(stores)
    },
    /** Saves what is left. */
    async stop(): Promise<void> {
      await flusher?.stop()
    },
  }
}
