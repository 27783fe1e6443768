import pg from 'pg'
import { pino } from 'pino'
import { ClientOfflineError, ErrorReply } from 'redis'
import { expect, vi } from 'vitest'
import { createBreakers, startBreakers, stopBreakers } from '../../../src/connections.ts'
import type { Stores } from '../../../src/counter/counter.ts'
import { createGuardedCounter } from '../../../src/counter/guarded-counter.ts'
import type { RedisCounter } from '../../../src/counter/redis-store.ts'
import { NotSentError } from '../../../src/lib/circuit-breaker.ts'
import type { Problem } from '../../../src/lib/problem.ts'
import type { SimulatedPostgres, SimulatedRedis } from './memory-stores.ts'
import { createNetwork, flushPromises, type StoreName } from './network.ts'

export const BACKENDS = 3
const TICK_MS = 50
const CALM_MS = 3_000
const log = pino({ level: 'silent' })

const NOT_SENT: Record<StoreName, () => Error> = {
  redis: () => new ClientOfflineError(),
  postgres: () => new NotSentError('connect ECONNREFUSED'),
}
const REFUSED: Record<StoreName, () => Error> = {
  redis: () => new ErrorReply('READONLY You can not write against a read only replica.'),
  postgres: () => new pg.DatabaseError('cannot execute UPDATE in a read-only transaction', 0, 'error'),
}

export type World = Awaited<ReturnType<typeof createWorld>>

/** Backends with their stores, all of which can fail; and an account of what has to come out at the end. */
export async function createWorld(redis: SimulatedRedis, postgres: SimulatedPostgres) {
  const network = createNetwork()
  let redisSnapshot: RedisCounter | null = null
  let postgresSnapshot = await postgres.rows()

  let answered = 0
  /** Visits without an answer that says whether they were counted: 504, or their backend crashed. */
  let unknown = 0
  let inDoubt = 0
  /** Visits that a store counted, whether or not the backend heard of it. */
  let counted = 0
  /** Visits that a loss of data may have cost. */
  let atRisk = 0
  /** Every visit so far was counted in Redis, and no data was lost: then its numbers have no gap. */
  let onlyInRedis = true
  let postgresWentBack = false
  /** The number of the last visit in Redis: within an epoch, none is lower. */
  let last = { epoch: '', total: 0 }

  const counting: Stores = {
    redis: {
      ...redis.store,
      async increment(n) {
        const total = await redis.store.increment(n)
        if (total === null) return null
        counted += n
        if (onlyInRedis) expect(total, 'number of a visit').toBe(counted)
        const { epoch } = (await redis.read()) as RedisCounter
        if (epoch === last.epoch) expect(total, 'number of a visit').toBeGreaterThanOrEqual(last.total + n)
        last = { epoch, total }
        return total
      },
    },
    postgres: {
      ...postgres.store,
      async add(n) {
        const count = await postgres.store.add(n)
        counted += n
        if (n > 0) onlyInRedis = false
        return count
      },
    },
  }

  /** The counter as production puts it together; only the network between it and its stores is the test's. */
  function createBackend(number: number) {
    let alive = true
    let waiting = 0

    function overNetwork<Store extends object>(name: StoreName, store: Store): Store {
      const sent = Object.entries(store).map(([method, call]) => [
        method,
        (...args: unknown[]) => {
          if (!alive) return new Promise(() => {})
          const refused = () => network.refusing.has(name) && method !== 'read'
          const run = async () => (refused() ? Promise.reject(REFUSED[name]()) : call(...args))
          return network.send(number, name, run, NOT_SENT[name])
        },
      ])
      return Object.fromEntries(sent)
    }

    const breakers = createBreakers({ connectRedis: async () => {}, migratePostgres: async () => {}, log })
    const unguarded = {
      redis: overNetwork('redis', counting.redis),
      postgres: overNetwork('postgres', counting.postgres),
    }
    const counter = createGuardedCounter(unguarded, breakers, () => inDoubt++)
    startBreakers(breakers).then(counter.start)
    return {
      breakers,
      visit(): void {
        waiting++
        counter.visit().then(
          () => {
            answered += Number(alive)
            waiting--
          },
          ({ status }: Problem) => {
            expect(status, 'status of a visit').toBeOneOf([503, 504])
            unknown += Number(alive && status === 504)
            waiting--
          },
        )
      },
      crash(): void {
        alive = false
        unknown += waiting
        stopBreakers(breakers)
        counter.stop()
      },
    }
  }

  const backends = Array.from({ length: BACKENDS }, (_, number) => createBackend(number))
  const backend = (number: number) => backends[number] as (typeof backends)[number]

  /** Time passes; with `delivering`, everything that is sent arrives at once. */
  async function pass(ms: number, delivering: boolean): Promise<void> {
    for (let passed = 0; passed < ms; passed += TICK_MS) {
      if (delivering) await network.deliver(Number.POSITIVE_INFINITY)
      vi.advanceTimersByTime(TICK_MS)
      await flushPromises()
    }
    if (delivering) await network.deliver(Number.POSITIVE_INFINITY)
  }

  async function drop(number: number, to: StoreName, late: boolean): Promise<void> {
    await network.drop(number, to, late)
    backend(number).breakers[to].trip(new Error('connection lost'))
  }

  /** Takes note of the visits that only Redis has, and that a loss of its data costs: all but those in `kept`. */
  async function loseRedisData(kept: RedisCounter | null): Promise<void> {
    const now = await redis.read()
    if (!now) return
    onlyInRedis = false
    const saved = (await postgres.rows()).get(now.epoch) ?? 0
    const left = kept?.epoch === now.epoch ? kept.counted : 0
    atRisk += Math.max(0, now.counted - Math.max(saved, left))
  }

  async function restartRedis(data?: RedisCounter | null): Promise<void> {
    for (let number = 0; number < BACKENDS; number++) await drop(number, 'redis', false)
    network.forgetLate('redis')
    await redis.restart(data)
  }

  return {
    network,
    pass,
    drop,
    /** A backend does not reach a store any more. */
    async cut(number: number, to: StoreName): Promise<void> {
      network.cut(number, to)
      await drop(number, to, false)
    },
    visit(number: number, n: number): void {
      for (let visit = 0; visit < n; visit++) backend(number).visit()
    },
    async crash(number: number): Promise<void> {
      backend(number).crash()
      for (const store of ['redis', 'postgres'] as const) await network.drop(number, store, true)
      backends[number] = createBackend(number)
    },
    restartRedis: () => restartRedis(),
    async snapshotRedis(): Promise<void> {
      redisSnapshot = await redis.read()
    },
    /** Redis comes back with the data of the snapshot. */
    async rollRedisBack(): Promise<void> {
      await loseRedisData(redisSnapshot)
      await restartRedis(redisSnapshot)
    },
    /** FLUSHALL: Redis and its connections live on. */
    async wipeRedis(): Promise<void> {
      await loseRedisData(null)
      await redis.wipe()
    },
    async snapshotPostgres(): Promise<void> {
      postgresSnapshot = await postgres.rows()
    },
    /** Postgres has the data of the snapshot again: it was restored, or a replica took over. */
    async rollPostgresBack(): Promise<void> {
      const inRedis = await redis.read()
      for (const [source, count] of await postgres.rows()) {
        const left = inRedis?.epoch === source ? inRedis.counted : 0
        atRisk += Math.max(0, count - Math.max(left, postgresSnapshot.get(source) ?? 0))
      }
      postgresWentBack = true
      onlyInRedis = false
      await postgres.restore(postgresSnapshot)
    },

    /** All faults are over, everything under way arrives, and Redis and Postgres agree again. */
    async calmDown(): Promise<void> {
      network.heal()
      await pass(CALM_MS, true)
      // Redis does not believe a count that is lower than one before, until its next epoch.
      if (postgresWentBack) {
        await restartRedis()
        await pass(CALM_MS, true)
      }
      for (const { breakers } of backends) {
        expect(breakers.redis.closed, 'Redis is used again').toBe(true)
        expect(breakers.postgres.closed, 'Postgres is used again').toBe(true)
      }
    },

    async check(): Promise<void> {
      const count = await postgres.store.read()
      const inRedis = await redis.read()
      if (inRedis) expect(inRedis.elsewhere + inRedis.counted, 'what Redis has').toBe(count)
      const account = `${answered} answered, ${counted} counted, ${unknown} unknown, ${inDoubt} in doubt, ${atRisk} at risk`
      expect(count, account).toBeGreaterThanOrEqual(counted - atRisk)
      expect(count, account).toBeLessThanOrEqual(counted)
      expect(answered, account).toBeLessThanOrEqual(counted)
      expect(counted, account).toBeLessThanOrEqual(answered + unknown + inDoubt)
    },

    /** Ends the backends' timers. */
    stop(): void {
      for (const { crash } of backends) crash()
    },
  }
}
