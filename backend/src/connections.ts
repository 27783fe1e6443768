import type { Logger } from 'pino'
import type { RedisScripts } from 'redis'
import type { Config } from './config.ts'
import { type CircuitBreaker, createCircuitBreaker } from './lib/circuit-breaker.ts'
import { migrate } from './lib/migrate.ts'
import { createPool, postgresAdvice, query } from './lib/postgres.ts'
import { connected, createRedisClient, redisAdvice } from './lib/redis.ts'

// What Redis does not do in time still has to be done in Postgres within 500 ms.
const REDIS_TIMEOUT_MS = 250
const POSTGRES_TIMEOUT_MS = 1_000
const START_LIMIT_MS = 1_000
const PING_EVERY_MS = 1_000

export type State = 'up' | 'down'
export type Breakers = Record<'redis' | 'postgres', CircuitBreaker>

/**
 * Connects Redis, with these scripts as commands, and Postgres. A store that does not answer yet joins when it does.
 * `onFatal` hears of a migration that is wrong.
 */
export function connectStores<Scripts extends RedisScripts>(
  { redisUrl, databaseUrl, ownerUrl }: Config,
  scripts: Scripts,
  log: Logger,
  onFatal: (error: Error) => void,
) {
  const redis = createRedisClient(redisUrl, scripts)
  const postgres = createPool(databaseUrl)
  const breakers = createBreakers({
    connectRedis: () => connected(redis),
    migratePostgres: () => migrate(ownerUrl ?? databaseUrl, log, onFatal),
    log,
  })
  // Without these listeners, a connection that a store drops would end the process.
  redis.on('error', breakers.redis.trip)
  postgres.on('error', breakers.postgres.trip)
  redis.connect().catch(() => {}) // rejects only when it is stopped while it connects
  const pingRedis = () => breakers.redis.run(() => redis.ping())
  // An idle connection would be closed as one that does not answer.
  const pinging = setInterval(() => pingRedis().catch(() => {}), PING_EVERY_MS)

  return {
    redis,
    postgres,
    breakers,
    /** `up` while this backend uses the store. */
    states(): { redis: State; postgres: State } {
      return { redis: stateOf(breakers.redis), postgres: stateOf(breakers.postgres) }
    },
    /** Asks both stores: how long each takes to answer, in milliseconds; null when it does not. */
    async ping(): Promise<{ redis: number | null; postgres: number | null }> {
      const [redisMs, postgresMs] = await Promise.all([
        timed(pingRedis),
        timed(() => breakers.postgres.run(() => query(postgres, 'select 1', []))),
      ])
      return { redis: redisMs, postgres: postgresMs }
    },
    async stop(): Promise<void> {
      clearInterval(pinging)
      stopBreakers(breakers)
      redis.destroy()
      await postgres.end()
    },
  }
}

/** The stores' circuit breakers. A store is up when it is connected, has its schema, and passes what is added. */
export function createBreakers({
  connectRedis,
  migratePostgres,
  log,
}: {
  connectRedis: () => Promise<void>
  migratePostgres: () => Promise<void>
  log: Logger
}): Breakers {
  return {
    redis: createCircuitBreaker({
      name: 'redis',
      timeoutMs: REDIS_TIMEOUT_MS,
      probe: connectRedis,
      advice: redisAdvice,
      log,
    }),
    postgres: createCircuitBreaker({
      name: 'postgres',
      timeoutMs: POSTGRES_TIMEOUT_MS,
      probe: migratePostgres,
      advice: postgresAdvice,
      log,
    }),
  }
}

/** Begins to probe the stores; resolves when both are used, or after a moment. */
export async function startBreakers({ redis, postgres }: Breakers): Promise<void> {
  // One after the other: Redis may need what Postgres has.
  await postgres.start(START_LIMIT_MS)
  await redis.start(START_LIMIT_MS)
}

export function stopBreakers({ redis, postgres }: Breakers): void {
  redis.stop()
  postgres.stop()
}

function stateOf({ closed }: CircuitBreaker): State {
  return closed ? 'up' : 'down'
}

/** How long a call took, in milliseconds; null when it failed. */
async function timed(call: () => Promise<unknown>): Promise<number | null> {
  const startedAt = performance.now()
  try {
    await call()
    return Math.round((performance.now() - startedAt) * 10) / 10
  } catch {
    return null
  }
}
