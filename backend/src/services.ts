import { hostname } from 'node:os'
import type { Logger } from 'pino'
import { type Circuit, createCircuit, guard } from './circuit.ts'
import type { Config } from './config.ts'
import { createCounter, type Stores } from './counter/counter.ts'
import { catchUp } from './counter/hand-over.ts'
import { createPostgresStore } from './counter/postgres-store.ts'
import { createRedisStore } from './counter/redis-store.ts'
import { startSaver } from './counter/saver.ts'
import { createMetrics } from './metrics.ts'
import { createPool, migrate } from './postgres.ts'
import { createRedisClient } from './redis.ts'
import { askReplicas, type Replica } from './replicas.ts'

const COUNTER_ID = 'page_visits'
const START_LIMIT_MS = 1_000
// A visit that Redis does not count in time still has to reach Postgres within 500 ms.
const REDIS_TIMEOUT_MS = 250
const POSTGRES_TIMEOUT_MS = 1_000

export type Services = Awaited<ReturnType<typeof startServices>>

/** Connects the stores and starts the counter; a store that does not answer yet joins when it does. */
export async function startServices(config: Config, log: Logger, counterId = COUNTER_ID) {
  const pool = createPool(config.databaseUrl)
  const postgresItself = createPostgresStore(pool, counterId)
  const postgresCircuit = createCircuit({
    name: 'postgres',
    timeoutMs: POSTGRES_TIMEOUT_MS,
    // A database without the counter's row is new: at the first start, or put in the old one's place.
    probe: () => postgresItself.look().catch(() => migrate(config.databaseUrl, log)),
    log,
  })
  const postgres = guard(postgresItself, postgresCircuit)
  // Without a listener, an idle connection that Postgres drops would end the process.
  pool.on('error', postgresCircuit.trip)

  const client = createRedisClient(config.redisUrl)
  const redisItself = createRedisStore(client, counterId)
  const redisCircuit = createCircuit({ name: 'redis', timeoutMs: REDIS_TIMEOUT_MS, probe: rejoin, log })
  const redis = guard(redisItself, redisCircuit)
  client.on('error', redisCircuit.trip)
  client.connect().catch(() => {}) // rejects only when it is stopped while it connects

  /** Redis is used again once it agrees with Postgres; without Postgres, it is used as it is. */
  async function rejoin(): Promise<void> {
    await redisItself.ping()
    if (postgresCircuit.up) await catchUp(redisItself, postgres)
  }

  const metrics = createMetrics()
  metrics.gauge('redis_up', '1 while Redis is used', () => Number(redisCircuit.up))
  metrics.gauge('postgres_up', '1 while Postgres is used', () => Number(postgresCircuit.up))
  metrics.watchPool(pool)
  const readUnsaved = async () => (await redis.read())?.unsaved ?? 0
  metrics.gauge('visits_unsaved', 'Visits in Redis that Postgres does not have yet', readUnsaved)
  const stores: Stores = { redis, postgres }
  const counter = createCounter(stores, (visits) => metrics.inDoubt.inc(visits))
  // One after the other, so that Redis can be compared with Postgres when it joins.
  await postgresCircuit.start(START_LIMIT_MS)
  await redisCircuit.start(START_LIMIT_MS)
  const saver = startSaver(stores, () => metrics.saveFailures.inc())
  const startedAt = new Date()
  metrics.gauge(
    'visits_unsaved_age_seconds',
    'About the age of the oldest unsaved visit: the time since this backend last saw Redis and Postgres agree, ' +
      'or since it started. 0 while nothing is unsaved',
    async () => {
      if ((await readUnsaved()) === 0) return 0
      return (Date.now() - Number(saver.savedAt ?? startedAt)) / 1000
    },
  )

  async function stop(): Promise<void> {
    await saver.stop()
    redisCircuit.stop()
    postgresCircuit.stop()
    client.destroy()
    await pool.end()
  }

  async function readReplica(): Promise<Replica> {
    const up = (circuit: Circuit) => (circuit.up ? 'up' : 'down')
    return {
      host: hostname(),
      redis: up(redisCircuit),
      postgres: up(postgresCircuit),
      counted: await metrics.countedVisits(),
    }
  }

  return {
    stores,
    counter,
    saver,
    metrics,
    log,
    readReplica,
    /** Every replica that answers, this one included. */
    readReplicas: () =>
      config.replicasHost
        ? askReplicas(config.replicasHost, config.port)
        : readReplica().then((self) => [self]),
    stop,
  }
}
