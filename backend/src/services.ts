import { hostname } from 'node:os'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { createGuardedCounter } from './counter/guarded-counter.ts'
import { createVisitMetrics } from './counter/metrics.ts'
import { createPostgresStore } from './counter/postgres-store.ts'
import { COUNTER_SCRIPTS, createRedisStore, unsaved } from './counter/redis-store.ts'
import { createMetrics } from './lib/metrics.ts'
import { migrate } from './lib/migrate.ts'
import { createPool } from './lib/postgres.ts'
import { connected, createRedisClient } from './lib/redis.ts'
import { askReplicas, type Replica } from './replicas.ts'

const COUNTER_ID = 'page_visits'

export type Services = Awaited<ReturnType<typeof startServices>>

/** Connects the stores and starts the counter. `onFatal` hears of a migration that is wrong. */
export async function startServices(
  config: Config,
  log: Logger,
  onFatal: (error: Error) => void,
  counterId = COUNTER_ID,
) {
  const metrics = createMetrics()
  const visitMetrics = createVisitMetrics(metrics)
  const pool = createPool(config.databaseUrl)
  const client = createRedisClient(config.redisUrl, COUNTER_SCRIPTS)
  const counter = createGuardedCounter({
    unguarded: {
      redis: createRedisStore(client, counterId),
      postgres: createPostgresStore(pool, counterId),
    },
    connectRedis: () => connected(client),
    migratePostgres: () => migrate(config.databaseUrl, log, onFatal),
    onInDoubt: () => visitMetrics.inDoubt.inc(),
    log,
  })
  const { stores, breakers } = counter
  // Without these listeners, a connection that a store drops would end the process.
  pool.on('error', breakers.postgres.trip)
  client.on('error', breakers.redis.trip)
  client.connect().catch(() => {}) // rejects only when it is stopped while it connects
  await counter.start()

  const startedAt = new Date()
  async function readUnsaved(): Promise<number> {
    const inRedis = await stores.redis.read()
    return inRedis ? unsaved(inRedis) : 0
  }
  const { gauge } = metrics
  gauge('redis_up', '1 while Redis is used', () => Number(breakers.redis.closed))
  gauge('postgres_up', '1 while Postgres is used', () => Number(breakers.postgres.closed))
  gauge('visits_unsaved', 'Visits in Redis that Postgres does not have yet', readUnsaved)
  gauge(
    'visits_unsaved_age_seconds',
    'The time since this backend last saw Redis and Postgres agree, or since it started; 0 while nothing is unsaved',
    async () => ((await readUnsaved()) && Date.now() - Number(counter.savedAt ?? startedAt)) / 1000,
  )

  async function readReplica(): Promise<Replica> {
    return {
      host: hostname(),
      redis: breakers.redis.closed ? 'up' : 'down',
      postgres: breakers.postgres.closed ? 'up' : 'down',
      counted: await visitMetrics.countedVisits(),
    }
  }

  return {
    log,
    counter,
    metrics,
    visitMetrics,
    readReplica,
    /** Every replica that answers, this one included. */
    readReplicas: async (): Promise<Replica[]> =>
      config.replicasHost ? askReplicas(config.replicasHost, config.port) : [await readReplica()],
    async stop(): Promise<void> {
      await counter.stop()
      client.destroy()
      await pool.end()
    },
  }
}
