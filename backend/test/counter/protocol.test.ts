import fc from 'fast-check'
import pg from 'pg'
import { afterEach, beforeEach, onTestFinished, test, vi } from 'vitest'
import { COUNTER_SCRIPTS } from '../../src/counter/redis-store.ts'
import { createRedisClient } from '../../src/lib/redis.ts'
import { databaseUrl, describeWithRedis, redisUrl } from '../helpers/stores.ts'
import { newCounter } from './new-counter.ts'
import { createMemoryPostgres, createMemoryRedis } from './protocol/memory-stores.ts'
import { createRealPostgres, createRealRedis } from './protocol/real-stores.ts'
import { steps, take } from './protocol/steps.ts'
import { createWorld } from './protocol/world.ts'

const RUNS = Number(process.env.PROTOCOL_RUNS ?? 1_000)
const REAL_RUNS = Math.ceil(RUNS / 20)
// The same runs every time, so that a failure is a bug and not bad luck.
const SEED = Number(process.env.PROTOCOL_SEED ?? 1)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
})

afterEach(() => {
  vi.useRealTimers()
})

type OpenStores = () => Promise<Parameters<typeof createWorld>>

/** Whatever happens to the backends and their stores: when all is calm again, the count is right. */
function countsEveryVisit(openStores: OpenStores) {
  return fc.asyncProperty(steps, async (steps) => {
    const world = await createWorld(...(await openStores()))
    try {
      await world.pass(1_000, true)
      for (const step of steps) await take(step, world)
      await world.calmDown()
      await world.check()
    } finally {
      world.stop()
    }
  })
}

const inMemory: OpenStores = async () => [createMemoryRedis(), createMemoryPostgres()]

test('any interleaving of backends and faults counts every visit', { timeout: RUNS * 200 }, async () => {
  await fc.assert(countsEveryVisit(inMemory), { seed: SEED, numRuns: RUNS })
})

describeWithRedis('with real stores', () => {
  /** Connections to the stores, for one counter. */
  async function connect() {
    vi.useRealTimers()
    const { id } = await newCounter()
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 })
    const client = createRedisClient(redisUrl, COUNTER_SCRIPTS)
    await client.connect()
    await pool.query('set synchronous_commit = off')
    onTestFinished(async () => {
      vi.useRealTimers()
      client.destroy()
      await pool.end()
    })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    return { redis: createRealRedis(client, id), postgres: createRealPostgres(pool, id) }
  }

  test('any interleaving of backends and faults counts every visit', {
    timeout: REAL_RUNS * 5_000,
  }, async () => {
    const { redis, postgres } = await connect()
    const openStores: OpenStores = async () => {
      await redis.wipe()
      await postgres.restore(new Map([['postgres', 0]]))
      return [redis, postgres]
    }
    await fc.assert(countsEveryVisit(openStores), { seed: SEED, numRuns: REAL_RUNS })
  })
})
