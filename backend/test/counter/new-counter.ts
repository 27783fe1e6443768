import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { createClient } from 'redis'
import { onTestFinished } from 'vitest'
import { databaseUrl, redisUrl } from '../helpers/stores.ts'

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
    /** The data that Redis has, to go back to. */
    redisData: () => redis.hGetAll(key),
    /** As a restart does it: the data, or older data, is there, and another process serves it. */
    async restartRedis(data?: Record<string, string>): Promise<void> {
      const multi = redis.multi()
      if (data) multi.del(key).hSet(key, data)
      await multi.hSet(key, 'run_id', 'another process').exec()
    },
    /** Postgres refuses to write this counter, with this error, until the returned function is called or the test ends. */
    async refuseWrites(code: string, message: string): Promise<() => Promise<unknown>> {
      const name = id.replaceAll('-', '_')
      await pool.query(`
        create function ${name}() returns trigger language plpgsql as
          $$ begin raise exception '${message}' using errcode = '${code}'; end $$;
        create trigger ${name} before insert or update on visit_counts for each row
          when (new.id = '${id}') execute function ${name}()`)
      const allowWrites = () => pool.query(`drop function if exists ${name} cascade`)
      onTestFinished(async () => void (await allowWrites()))
      return allowWrites
    },
  }
}
