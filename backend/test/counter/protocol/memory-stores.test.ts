import fc from 'fast-check'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { COUNTER_SCRIPTS } from '../../../src/counter/redis-store.ts'
import { createRedisClient } from '../../../src/lib/redis.ts'
import { databaseUrl, describeWithRedis, redisUrl } from '../../helpers/stores.ts'
import { newCounter } from '../new-counter.ts'
import {
  createMemoryPostgres,
  createMemoryRedis,
  type SimulatedPostgres,
  type SimulatedRedis,
} from './memory-stores.ts'
import { createRealPostgres, createRealRedis } from './real-stores.ts'

const RUNS = 200
const options = { seed: 1, numRuns: RUNS }
const timeout = RUNS * 200

const number = fc.nat(20)
const epoch = fc.constantFrom('first', 'second')
const saved = fc.record({ saved: number, elsewhere: number })
const counter = fc.record({ epoch, counted: number, saved: number, elsewhere: number })

type Operation<Store> = (store: Store) => Promise<unknown>

const onRedis: fc.Arbitrary<Operation<SimulatedRedis>> = fc.oneof(
  number.map(
    (n) =>
      ({ store }: SimulatedRedis) =>
        store.increment(n),
  ),
  fc.tuple(epoch, number).map(
    ([epoch, count]) =>
      async ({ store }: SimulatedRedis) =>
        store.beginEpoch(await store.read(), epoch, count),
  ),
  // As it was read before something else happened.
  fc.tuple(fc.option(counter), epoch, number).map(
    (args) =>
      ({ store }: SimulatedRedis) =>
        store.beginEpoch(...args),
  ),
  fc.tuple(epoch, saved).map(
    (args) =>
      ({ store }: SimulatedRedis) =>
        store.reconcile(...args),
  ),
  fc.constant((redis: SimulatedRedis) => redis.wipe()),
  fc
    .option(fc.option(counter), { nil: undefined })
    .map((data) => (redis: SimulatedRedis) => redis.restart(data)),
)

const onPostgres: fc.Arbitrary<Operation<SimulatedPostgres>> = fc.oneof(
  number.map(
    (n) =>
      ({ store }: SimulatedPostgres) =>
        store.add(n),
  ),
  fc.tuple(epoch, number).map(
    (args) =>
      ({ store }: SimulatedPostgres) =>
        store.save(...args),
  ),
  fc.constant(({ store }: SimulatedPostgres) => store.read()),
)

test('Postgres in memory does what Postgres does', { timeout }, async () => {
  const { id } = await newCounter()
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 })
  onTestFinished(() => pool.end())
  const real = createRealPostgres(pool, id)
  const property = fc.asyncProperty(fc.array(onPostgres, { maxLength: 10 }), async (operations) => {
    const memory = createMemoryPostgres()
    await real.restore(new Map())
    for (const operation of operations) expect(await operation(memory)).toEqual(await operation(real))
    expect(await memory.rows()).toEqual(await real.rows())
  })
  await fc.assert(property, options)
})

describeWithRedis('with Redis', () => {
  test('Redis in memory does what Redis does', { timeout }, async () => {
    const { id } = await newCounter()
    const client = createRedisClient(redisUrl, COUNTER_SCRIPTS)
    await client.connect()
    onTestFinished(() => client.destroy())
    const real = createRealRedis(client, id)
    const property = fc.asyncProperty(fc.array(onRedis, { maxLength: 15 }), async (operations) => {
      const memory = createMemoryRedis()
      await real.wipe()
      for (const operation of operations) {
        expect(await operation(memory)).toEqual(await operation(real))
        expect(await memory.read()).toEqual(await real.read())
      }
    })
    await fc.assert(property, options)
  })
})
