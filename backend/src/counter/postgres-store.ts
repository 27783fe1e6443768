import type { Pool } from 'pg'

/** Visits to hand over from Redis to Postgres, under a number that grows from batch to batch. */
export interface Batch {
  number: string
  visits: string
}

/** What Postgres holds at one moment. Numbers stay text, as Postgres and Redis send them (64 bit). */
export interface Look {
  count: string
  batch: string
  /** A batch number that was never used before: Postgres's clock in microseconds, which runs ahead of batches. */
  fresh: string
}

export type PostgresStore = ReturnType<typeof createPostgresStore>

/** The counter in Postgres: one row, which holds the truth. */
export function createPostgresStore(pool: Pool, id: string) {
  return {
    /** Counts n visits that Redis could not count; the new count. */
    async add(n: number): Promise<number> {
      const { rows } = await pool.query<{ count: string }>(
        'update visit_counts set count = count + $2 where id = $1 returning count',
        [id, n],
      )
      return Number(one(rows).count)
    },

    /** Adds a batch, unless it or a later one was added before: a repeat changes nothing. */
    async save(batch: Batch): Promise<void> {
      await pool.query(
        'update visit_counts set count = count + $2, batch = $3 where id = $1 and batch < $3',
        [id, batch.visits, batch.number],
      )
    },

    /** The count and the last batch that was added. */
    async look(): Promise<Look> {
      const { rows } = await pool.query<Look>(
        `select count, batch,
           greatest(batch + 1, (extract(epoch from clock_timestamp()) * 1000000)::bigint) as fresh
         from visit_counts where id = $1`,
        [id],
      )
      return one(rows)
    },

    async ping(): Promise<void> {
      await pool.query('select 1')
    },
  }

  function one<Row>(rows: Row[]): Row {
    if (!rows[0]) throw new Error(`visit_counts has no row ${id}`)
    return rows[0]
  }
}
