import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { connectStores, startBreakers } from './connections.ts'
import { createGuardedCounter } from './counter/guarded-counter.ts'
import { createVisitMetrics, measureUnsaved } from './counter/metrics.ts'
import { createPostgresStore } from './counter/postgres-store.ts'
import { COUNTER_SCRIPTS, createRedisStore } from './counter/redis-store.ts'
import { createMetrics } from './lib/metrics.ts'

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
  const connections = connectStores(config, COUNTER_SCRIPTS, log, onFatal)
  const { redis, postgres, breakers } = connections
  metrics.gauge('redis_up', '1 while Redis is used', () => Number(breakers.redis.closed))
  metrics.gauge('postgres_up', '1 while Postgres is used', () => Number(breakers.postgres.closed))

  const counter = createGuardedCounter(
    { redis: createRedisStore(redis, counterId), postgres: createPostgresStore(postgres, counterId) },
    breakers,
    () => visitMetrics.inDoubt.inc(),
  )
  measureUnsaved(metrics, counter)
  await startBreakers(breakers)
  counter.start()

  return {
    config,
    log,
    connections,
    counter,
    metrics,
    visitMetrics,
    async stop(): Promise<void> {
      await counter.stop()
      await connections.stop()
    },
  }
}
