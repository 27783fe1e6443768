import { randomUUID } from 'node:crypto'
import { Problem, unavailable } from '../lib/problem.ts'
import { coalesce } from './coalesce.ts'
import { OutcomeUnknownError, withKnownOutcome } from './outcome.ts'
import type { PostgresStore } from './postgres-store.ts'
import { type RedisStore, total } from './redis-store.ts'

const ATTEMPTS = 3

export interface Visits {
  count: number
  source: 'redis' | 'postgres'
}

/** The counter's two stores, each behind its circuit breaker. */
export interface Stores {
  redis: RedisStore
  postgres: PostgresStore
}

/** Counts visits in Redis, and falls back on Postgres while Redis does not answer. */
export function createCounter(stores: Stores, onInDoubt: () => void) {
  const incrementInRedis = coalesce((n) => increment(stores, n))
  const addToPostgres = coalesce((n) => withKnownOutcome(stores.postgres.add(n)))

  return {
    /** Counts one visit. A Problem: 503 when neither store counted it, 504 when one of them may have. */
    async visit(): Promise<Visits> {
      try {
        return { count: await incrementInRedis(), source: 'redis' }
      } catch (redisError) {
        // Postgres counts this visit next, and Redis may have counted it already.
        const inDoubt = redisError instanceof OutcomeUnknownError
        if (inDoubt) onInDoubt()
        try {
          return { count: await addToPostgres(), source: 'postgres' }
        } catch (postgresError) {
          throw inDoubt || postgresError instanceof OutcomeUnknownError ? outcomeUnknown() : neitherAnswers()
        }
      }
    },

    /** The visits so far; a Problem (503) when neither store answers. */
    async current(): Promise<Visits> {
      try {
        return { count: total(await fromRedis(stores, stores.redis.read)), source: 'redis' }
      } catch {
        const count = await stores.postgres.read().catch(() => {
          throw neitherAnswers()
        })
        return { count, source: 'postgres' }
      }
    },
  }
}

const neitherAnswers = () => unavailable('Neither Redis nor Postgres answers.')
/** 504: the visit may have been counted. */
const outcomeUnknown = () => new Problem(504, 'The store did not answer in time.', { 'Retry-After': '1' })

/** Counts n visits in Redis; the new total. */
export function increment(stores: Stores, n: number): Promise<number> {
  return fromRedis(stores, () => withKnownOutcome(stores.redis.increment(n)))
}

/** What a call to Redis returns; where it returns null, begins an epoch and calls again (load on miss). */
async function fromRedis<T>(stores: Stores, call: () => Promise<T | null>): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const result = await call()
    if (result !== null) return result
    await beginEpoch(stores)
  }
  throw new Error('Redis lost the counter again and again')
}

/** Saves what Redis has from the epoch before, if anything, and begins one with Postgres's count. */
async function beginEpoch({ redis, postgres }: Stores): Promise<void> {
  const old = await redis.read()
  if (old) await postgres.save(old.epoch, old.counted)
  await redis.beginEpoch(old, randomUUID(), await postgres.read())
}
