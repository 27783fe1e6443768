import type { Logger } from 'pino'
import { createCircuitBreaker } from '../lib/circuit-breaker.ts'
import { guard } from '../lib/guard.ts'
import { postgresAdvice } from '../lib/postgres.ts'
import { redisAdvice } from '../lib/redis.ts'
import { createCounter, increment, type Stores } from './counter.ts'
import { type Flusher, flush, startFlusher } from './flusher.ts'

const START_LIMIT_MS = 1_000
// A visit that Redis does not count in time still has to reach Postgres within 500 ms.
const REDIS_TIMEOUT_MS = 250
const POSTGRES_TIMEOUT_MS = 1_000

export interface GuardedCounterOptions {
  /** The stores themselves, without circuit breakers. */
  unguarded: Stores
  /** Resolves when Redis is connected; rejects with the reason why it is not. */
  connectRedis: () => Promise<void>
  /** Resolves when Postgres has the schema. */
  migratePostgres: () => Promise<void>
  onInDoubt: () => void
  log: Logger
}

/** The counter with its circuit breakers and its flusher. A store that does not answer yet joins when it does. */
export function createGuardedCounter({ unguarded, log, ...options }: GuardedCounterOptions) {
  // Each probe does what a visit does, for no visit: a store that answers but does not write is down.
  const breakers = {
    redis: createCircuitBreaker({
      name: 'redis',
      timeoutMs: REDIS_TIMEOUT_MS,
      async probe() {
        await options.connectRedis()
        const rejoining = { redis: unguarded.redis, postgres: stores.postgres }
        await increment(rejoining, 0)
        // Redis learns what was counted in Postgres, and goes on from there; if Postgres is away, it does later.
        const counter = await unguarded.redis.read()
        if (counter) await flush(rejoining, counter).catch(() => {})
      },
      advice: redisAdvice,
      log,
    }),
    postgres: createCircuitBreaker({
      name: 'postgres',
      timeoutMs: POSTGRES_TIMEOUT_MS,
      async probe() {
        await options.migratePostgres()
        await unguarded.postgres.add(0)
        // The flush writes another row, which may be locked while this one is not.
        const counter = await stores.redis.read().catch(() => null)
        if (counter) await unguarded.postgres.save(counter.epoch, counter.counted)
      },
      advice: postgresAdvice,
      log,
    }),
  }
  const stores: Stores = {
    redis: guard(unguarded.redis, breakers.redis),
    postgres: guard(unguarded.postgres, breakers.postgres),
  }
  let flusher: Flusher | undefined

  return {
    ...createCounter(stores, options.onInDoubt),
    stores,
    breakers,
    /** When this backend last saw that Redis and Postgres agree; null before the first time. */
    get savedAt(): Date | null {
      return flusher?.savedAt ?? null
    },
    /** Resolves when both stores are used, or after a moment. */
    async start(): Promise<void> {
      // One after the other, since Redis needs Postgres's count for its first epoch.
      await breakers.postgres.start(START_LIMIT_MS)
      await breakers.redis.start(START_LIMIT_MS)
      flusher = startFlusher(stores)
    },
    /** Saves what is left. */
    async stop(): Promise<void> {
      await flusher?.stop()
      breakers.redis.stop()
      breakers.postgres.stop()
    },
  }
}
