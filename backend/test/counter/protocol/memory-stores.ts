import type { PostgresStore } from '../../../src/counter/postgres-store.ts'
import type { RedisCounter, RedisStore } from '../../../src/counter/redis-store.ts'

type Hash = RedisCounter & { runId: number }

/** A store as the backends use it, and what can happen to its data. */
export interface SimulatedRedis {
  store: RedisStore
  read(): Promise<RedisCounter | null>
  wipe(): Promise<void>
  /** Restarts it, with the data that it has or with the given data. */
  restart(data?: RedisCounter | null): Promise<void>
}

export interface SimulatedPostgres {
  store: PostgresStore
  /** The visits of each source. */
  rows(): Promise<Map<string, number>>
  restore(rows: Map<string, number>): Promise<void>
}

/** What the three scripts do, in memory; memory-stores.test.ts holds it against Redis. */
export function createMemoryRedis(): SimulatedRedis {
  let runId = 0
  let hash: Hash | null = null

  const read = async () => {
    if (!hash) return null
    const { runId: _, ...counter } = hash
    return counter
  }
  return {
    read,
    async wipe() {
      hash = null
    },
    async restart(data) {
      runId++
      if (data !== undefined) hash = data && { ...data, runId: runId - 1 }
    },
    store: {
      read,
      async increment(n) {
        if (hash?.runId !== runId) return null
        hash.counted += n
        return hash.elsewhere + hash.counted
      },
      async beginEpoch(old, epoch, count) {
        if (hash?.epoch !== old?.epoch || hash?.counted !== old?.counted) return
        hash = { epoch, runId, counted: 0, saved: 0, elsewhere: count }
      },
      async reconcile(epoch, { saved, elsewhere }) {
        if (hash?.epoch !== epoch) return
        hash.saved = Math.max(hash.saved, saved)
        hash.elsewhere = Math.max(hash.elsewhere, elsewhere)
      },
    },
  }
}

/** What the statements do, in memory; memory-stores.test.ts holds it against Postgres. */
export function createMemoryPostgres(): SimulatedPostgres {
  let rows = new Map<string, number>()
  const sum = () => [...rows.values()].reduce((a, b) => a + b, 0)
  return {
    rows: async () => new Map(rows),
    async restore(older) {
      rows = new Map(older)
    },
    store: {
      async add(n) {
        rows.set('postgres', (rows.get('postgres') ?? 0) + n)
        return sum()
      },
      async save(epoch, counted) {
        const saved = Math.max(rows.get(epoch) ?? 0, counted)
        rows.set(epoch, saved)
        return { saved, elsewhere: sum() - saved }
      },
      read: async () => sum(),
    },
  }
}
