import type { Batch, PostgresStore } from './postgres-store.ts'
import type { RedisStore } from './redis-store.ts'

/** Adds a batch to Postgres, if there is one, and brings Redis in line. A repeat of any step changes nothing. */
export async function handOver(
  redis: RedisStore,
  postgres: PostgresStore,
  batch: Batch | null,
): Promise<void> {
  if (batch) await postgres.save(batch)
  await redis.settle(await postgres.look())
}

/**
 * Hands over everything that waits in a Redis that was away, before anybody counts in it again: it may have
 * come back with older data, and only then is it certain which of its visits Postgres has.
 */
export async function catchUp(redis: RedisStore, postgres: PostgresStore): Promise<void> {
  // At most the batch that was under way and then what was unsaved; others may have begun to count meanwhile.
  for (let batches = 0; batches < 2; batches++) {
    const batch = await redis.cut()
    await handOver(redis, postgres, batch)
    if (!batch) return
  }
  await handOver(redis, postgres, null)
}
