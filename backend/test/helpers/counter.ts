import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { createClient } from 'redis'
import { describe, onTestFinished } from 'vitest'

export const databaseUrl = process.env.DATABASE_URL ?? ''
export const redisUrl = process.env.REDIS_URL ?? 'redis://127.0.0.1:1'

export const describeWithRedis = describe.skipIf(!process.env.REDIS_URL)

export type TestCounter = Awaited<ReturnType<typeof newCounter>>

/** A counter of the running test's own, so that tests can run at the same time; gone when the test ends. */
export async function newCounter({ count = 0 } = {}) {
  const id = `test-${randomUUID()}`
  const key = `visits:${id}`
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 })
  pool.on('error', () => {}) // a test may end every connection
  const redis = createClient({ url: redisUrl })
  redis.on('error', () => {})
  if (process.env.REDIS_URL) await redis.connect()
  await pool.query("insert into visit_counts (id, source, count) values ($1, 'postgres', $2)", [id, count])

  onTestFinished(async () => {
    await pool.query('delete from visit_counts where id = $1', [id])
    await pool.end()
    if (redis.isOpen) {
      await redis.del(key)
      redis.destroy()
    }
  })

  return {
    id,
    /** The count as Postgres has it. */
    async inPostgres(): Promise<number> {
      const { rows } = await pool.query('select sum(count) as count from visit_counts where id = $1', [id])
      return Number(rows[0].count)
    },
    /** The total as Redis has it; null when it has none. */
    async inRedis(): Promise<number | null> {
      const [elsewhere, counted] = await redis.hmGet(key, ['elsewhere', 'counted'])
      return elsewhere && counted ? Number(elsewhere) + Number(counted) : null
    },
    wipeRedis: () => redis.del(key),
  }
}
