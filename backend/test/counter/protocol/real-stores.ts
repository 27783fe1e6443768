import type { Pool } from 'pg'
import { createPostgresStore } from '../../../src/counter/postgres-store.ts'
import {
  type COUNTER_SCRIPTS,
  createRedisStore,
  type RedisCounter,
} from '../../../src/counter/redis-store.ts'
import type { RedisClient } from '../../../src/lib/redis.ts'
import type { SimulatedPostgres, SimulatedRedis } from './memory-stores.ts'

/** The counter in a real Redis. A restart is simulated: the counter names another process than the one that runs. */
export function createRealRedis(client: RedisClient<typeof COUNTER_SCRIPTS>, id: string): SimulatedRedis {
  const key = `visits:${id}`
  const store = createRedisStore(client, id)
  return {
    store,
    read: store.read,
    async wipe() {
      await client.del(key)
    },
    async restart(data?: RedisCounter | null) {
      if (data === null) await client.del(key)
      else if (data) await client.hSet(key, { ...data })
      if (await client.exists(key)) await client.hSet(key, 'run_id', 'before')
    },
  }
}

/** The counter in a real Postgres. */
export function createRealPostgres(pool: Pool, id: string): SimulatedPostgres {
  return {
    store: createPostgresStore(pool, id),
    async rows() {
      const { rows } = await pool.query('select source, count from visit_counts where id = $1', [id])
      return new Map(rows.map(({ source, count }) => [source, Number(count)]))
    },
    async restore(older) {
      await pool.query('delete from visit_counts where id = $1', [id])
      for (const [source, count] of older) {
        await pool.query('insert into visit_counts (id, source, count) values ($1, $2, $3)', [
          id,
          source,
          count,
        ])
      }
    },
  }
}
