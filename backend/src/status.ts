import { hostname } from 'node:os'
import packageJson from '../package.json' with { type: 'json' }
import { unsaved } from './counter/redis-store.ts'
import type { CircuitBreaker } from './lib/circuit-breaker.ts'
import type { Services } from './services.ts'

/** What `GET /status` answers: how this backend sees the stores and the count, and how the replicas are. */
export async function readStatus({ counter, readReplicas }: Services) {
  const { stores, breakers } = counter
  const [redis, postgres, replicas] = await Promise.all([
    timed(stores.redis.read),
    timed(stores.postgres.read),
    readReplicas(),
  ])
  const inRedis = redis.value
  return {
    servedByHost: hostname(),
    version: packageJson.version,
    uptimeSeconds: Math.round(process.uptime()),
    redis: { state: stateOf(breakers.redis), latencyMs: redis.latencyMs },
    postgres: { state: stateOf(breakers.postgres), latencyMs: postgres.latencyMs },
    visits: {
      count: inRedis ? inRedis.elsewhere + inRedis.counted : (postgres.value ?? null),
      // Only Redis knows what Postgres does not have.
      unsaved: inRedis ? unsaved(inRedis) : redis.latencyMs === null ? null : 0,
      savedAt: counter.savedAt,
    },
    replicas,
  }
}

/** `up` while this backend uses the store. */
export function stateOf(breaker: CircuitBreaker): 'up' | 'down' {
  return breaker.closed ? 'up' : 'down'
}

/** What a call returned, and how long it took, in milliseconds; null when it failed. */
async function timed<T>(call: () => Promise<T>): Promise<{ value?: T; latencyMs: number | null }> {
  const startedAt = performance.now()
  try {
    const value = await call()
    return { value, latencyMs: Math.round((performance.now() - startedAt) * 10) / 10 }
  } catch {
    return { latencyMs: null }
  }
}
