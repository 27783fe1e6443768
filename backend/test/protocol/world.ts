import type { Pool } from 'pg'
import { expect } from 'vitest'
import { createPostgresStore } from '../../src/counter/postgres-store.ts'
import { createRedisStore } from '../../src/counter/redis-store.ts'
import type { RedisClient } from '../../src/redis.ts'
import { createBackend, type Surroundings } from './backend.ts'
import { createNetwork } from './network.ts'

export const BACKENDS = 3

export type World = Awaited<ReturnType<typeof createWorld>>

/** Backends with their stores, all of which can fail; and an account of what has to come out at the end. */
export async function createWorld(client: RedisClient, pool: Pool, id: string) {
  const key = `visits:${id}`
  const redis = createRedisStore(client, id)
  const postgres = createPostgresStore(pool, id)
  await client.del(key)
  await pool.query('update visit_counts set count = 0, batch = 0 where id = $1', [id])

  const network = createNetwork()
  let postgresUp = true
  let redisIsOlder = false
  let snapshot: Record<string, string> = {}

  let visits = 0
  let answered = 0
  let inDoubt = 0
  /** Visits that a store counted, whether or not the backend heard of it. */
  let counted = 0
  let countedSinceSnapshot = 0
  /** Visits that a loss of data in Redis may have cost. */
  let atRisk = 0
  /** Every visit so far was counted in Redis, and Redis lost nothing: then its numbers have no gap. */
  let onlyInRedis = true

  const around: Surroundings = {
    network,
    stores: {
      redis: {
        ...redis,
        async hit(n) {
          const total = await redis.hit(n)
          if (total === null) return null
          counted += n
          countedSinceSnapshot += n
          if (onlyInRedis) expect(total, 'number of a visit').toBe(counted)
          return total
        },
      },
      postgres: {
        ...postgres,
        async add(n) {
          const count = await postgres.add(n)
          counted += n
          onlyInRedis = false
          return count
        },
      },
    },
    postgresUp: () => postgresUp,
    redisIsOlder: () => redisIsOlder,
    caughtUp() {
      redisIsOlder = false
    },
    answered() {
      answered++
    },
    inDoubt(n) {
      inDoubt += n
    },
  }
  const backends = Array.from({ length: BACKENDS }, (_, number) => createBackend(number, around, true))

  /** The visits that only Redis has at this moment. */
  async function onlyRedisHas(): Promise<number> {
    const { unsaved, saving, batch } = await client.hGetAll(key)
    const saved = Number((await postgres.look()).batch)
    if (!unsaved || saved > Number(batch)) return 0
    return Number(unsaved) + (saved === Number(batch) ? 0 : Number(saving))
  }

  async function breakRedis(): Promise<void> {
    for (const { redisCircuit } of backends) redisCircuit.trip()
    await network.dropRedis()
  }

  return {
    network,
    breakRedis,
    backend: (number: number) => backends[number] as (typeof backends)[number],
    visit(number: number, n: number): void {
      visits += n
      for (let visit = 0; visit < n; visit++) this.backend(number).visit()
    },
    crash(number: number): void {
      network.forget(number)
      backends[number] = createBackend(number, around, false)
    },
    async snapshot(): Promise<void> {
      snapshot = await client.hGetAll(key)
      countedSinceSnapshot = 0
    },
    /** Redis restarts with the data of the snapshot. */
    async rollBack(): Promise<void> {
      await breakRedis()
      atRisk += Math.min(await onlyRedisHas(), countedSinceSnapshot)
      countedSinceSnapshot = 0
      onlyInRedis = false
      redisIsOlder = true
      await client.del(key)
      if (Object.keys(snapshot).length > 0) await client.hSet(key, snapshot)
    },
    /** The counter is deleted under the backends' hands. */
    async wipe(): Promise<void> {
      atRisk += await onlyRedisHas()
      onlyInRedis = false
      await client.del(key)
    },
    async freezePostgres(): Promise<void> {
      postgresUp = false
      await network.abandonPostgres()
    },
    thawPostgres(): void {
      postgresUp = true
    },

    /** Everything that is on its way arrives, all backends rejoin, and one of them saves. */
    async calmDown(): Promise<void> {
      postgresUp = true
      await network.deliverAll()
      for (const backend of backends) {
        backend.rejoin()
        await network.deliverAll()
        expect(backend.redisCircuit.up, 'a backend uses Redis again').toBe(true)
      }
      // The batch that was under way, what was not in a batch, and a look at what was counted in Postgres.
      for (let round = 0; round < 3; round++) {
        this.backend(0).save()
        await network.deliverAll()
      }
    },

    async check(): Promise<void> {
      const shown = this.backend(0).read()
      await network.deliverAll()
      const count = Number((await postgres.look()).count)
      expect(await shown, 'what visitors see').toEqual({ count, source: 'redis' })
      expect(await redis.read(), 'what Redis has').toEqual({ total: count, unsaved: 0 })
      const account = `${answered} of ${visits} visits answered, ${counted} counted, ${atRisk} at risk`
      expect(count, account).toBeGreaterThanOrEqual(Math.max(counted, answered) - atRisk)
      expect(count, account).toBeLessThanOrEqual(counted)
      expect(counted, `${account}, ${inDoubt} in doubt`).toBeLessThanOrEqual(visits + inDoubt)
    },
  }
}
