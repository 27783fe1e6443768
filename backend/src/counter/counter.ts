import { randomUUID } from 'node:crypto'
import { unavailable } from '../problem.ts'
import { coalesce } from './coalesce.ts'
import type { PostgresStore } from './postgres-store.ts'
import { mayHaveRun, type RedisStore } from './redis-store.ts'

const LOAD_ATTEMPTS = 3

export interface Visits {
  count: number
  source: 'redis' | 'postgres'
}

/** The counter's two stores, each behind its circuit breaker. */
export interface Stores {
  redis: RedisStore
  postgres: PostgresStore
}

export type Counter = ReturnType<typeof createCounter>

/** The visit counter: counts in Redis, or in Postgres while Redis does not answer. */
export function createCounter({ redis, postgres }: Stores, onInDoubt: (visits: number) => void = () => {}) {
  const addToRedis = coalesce((n) => loadedFirst(() => hit(n)))
  const addToPostgres = coalesce(postgres.add)

  async function hit(n: number): Promise<number | null> {
    try {
      return await redis.hit(n)
    } catch (error) {
      // Postgres counts these visits next, and Redis may have counted them already.
      if (mayHaveRun(error)) onInDoubt(n)
      throw error
    }
  }

  /** What a call to Redis returns; where it finds no counter, loads it from Postgres and calls again. */
  async function loadedFirst<T>(call: () => Promise<T | null>): Promise<T> {
    for (let attempt = 0; attempt < LOAD_ATTEMPTS; attempt++) {
      const result = await call()
      if (result !== null) return result
      await load()
    }
    throw new Error('Redis lost the counter again and again')
  }

  async function load(): Promise<void> {
    const token = await redis.startLoading(randomUUID())
    await redis.settle(await postgres.look(), token)
  }

  return {
    /** Counts one visit; a Problem (503) when neither store answers. */
    visit: () => redisElsePostgres(addToRedis, addToPostgres),

    /** The visits so far; a Problem (503) when neither store answers. */
    current: () =>
      redisElsePostgres(
        async () => (await loadedFirst(redis.read)).total,
        async () => Number((await postgres.look()).count),
      ),
  }
}

async function redisElsePostgres(
  fromRedis: () => Promise<number>,
  fromPostgres: () => Promise<number>,
): Promise<Visits> {
  try {
    return { count: await fromRedis(), source: 'redis' }
  } catch {
    try {
      return { count: await fromPostgres(), source: 'postgres' }
    } catch {
      throw unavailable('Neither Redis nor Postgres answers.')
    }
  }
}
