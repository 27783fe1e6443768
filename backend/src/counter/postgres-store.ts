import type { Pool } from 'pg'
import { query } from '../lib/postgres.ts'

/** What Postgres has after it saved an epoch's visits. */
export interface Saved {
  /** Visits of this epoch: those just saved, or more if a newer call was faster. */
  saved: number
  /** Visits from every other source. */
  elsewhere: number
}

export type PostgresStore = ReturnType<typeof createPostgresStore>

/** The counter in Postgres, the system of record: a row for each source, and the count is their sum. */
export function createPostgresStore(pool: Pool, id: string) {
  return {
    /** Counts n visits that Redis did not count; the new count. */
    async add(n: number): Promise<number> {
      const [row] = await query<{ count: string }>(
        pool,
        `insert into visit_counts (id, source, count) values ($1, 'postgres', $2)
         on conflict (id, source) do update set count = visit_counts.count + excluded.count
         returning count + (
           select coalesce(sum(count), 0) from visit_counts where id = $1 and source <> 'postgres'
         ) as count`,
        [id, n],
      )
      return Number(row?.count)
    },

    /** Saves how many visits an epoch of Redis has counted. A repeat, or a call that is late, changes nothing. */
    async save(epoch: string, counted: number): Promise<Saved> {
      const [row] = await query<{ saved: string; elsewhere: string }>(
        pool,
        `insert into visit_counts (id, source, count) values ($1, $2, $3)
         on conflict (id, source) do update set count = greatest(visit_counts.count, excluded.count)
         returning count as saved, (
           select coalesce(sum(count), 0) from visit_counts where id = $1 and source <> $2
         ) as elsewhere`,
        [id, epoch, counted],
      )
      return { saved: Number(row?.saved), elsewhere: Number(row?.elsewhere) }
    },

    /** The count. */
    async read(): Promise<number> {
      const [row] = await query<{ count: string }>(
        pool,
        'select coalesce(sum(count), 0) as count from visit_counts where id = $1',
        [id],
      )
      return Number(row?.count)
    },
  }
}
