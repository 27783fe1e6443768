import type { Breakers } from '../connections.ts'
import { guard } from '../lib/guard.ts'
import { createCounter, increment, type Stores } from './counter.ts'
import { type Flusher, flush, startFlusher } from './flusher.ts'
import { unsaved } from './redis-store.ts'

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
    /** When this backend last saw that Redis and Postgres agree; null before the first time. */
    get savedAt(): Date | null {
      return flusher?.savedAt ?? null
    },
    /** Visits that Postgres does not have yet; rejects when Redis, which knows, does not answer. */
    async unsaved(): Promise<number> {
      const inRedis = await stores.redis.read()
      return inRedis ? unsaved(inRedis) : 0
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
