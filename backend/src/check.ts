import type { Stores } from './counter/counter.ts'

export interface StoreStatus {
  state: 'up' | 'down'
  /** How long the store took to answer, in milliseconds; null when it did not. */
  latencyMs: number | null
}

/** Asks both stores for a sign of life, at the same time. */
export async function checkStores({ redis, postgres }: Stores) {
  const [redisStatus, postgresStatus] = await Promise.all([check(redis.ping), check(postgres.ping)])
  return { redis: redisStatus, postgres: postgresStatus }
}

async function check(ping: () => Promise<void>): Promise<StoreStatus> {
  const startedAt = performance.now()
  try {
    await ping()
    return { state: 'up', latencyMs: Math.round((performance.now() - startedAt) * 10) / 10 }
  } catch {
    return { state: 'down', latencyMs: null }
  }
}
