import { pino } from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createBreakers, startBreakers, stopBreakers } from '../../src/connections.ts'
import type { Stores } from '../../src/counter/counter.ts'
import { createGuardedCounter } from '../../src/counter/guarded-counter.ts'
import { createMemoryPostgres, createMemoryRedis } from './protocol/memory-stores.ts'
import { flushPromises } from './protocol/network.ts'

const never = () => new Promise<never>(() => {})

/** The same store, whose calls the test may replace at any time. */
function latest<Store extends object>(store: Store): Store {
  const calls = store as Record<string, (...args: unknown[]) => unknown>
  const names = Object.keys(store)
  return Object.fromEntries(
    names.map((name) => [name, (...args: unknown[]) => calls[name]?.(...args)]),
  ) as Store
}

/** A counter with stores in memory, in a time that the test lets pass. */
async function start(
  overrides: { redis?: Partial<Stores['redis']>; postgres?: Partial<Stores['postgres']> } = {},
) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  const [redis, postgres] = [createMemoryRedis(), createMemoryPostgres()]
  const unguarded = {
    redis: { ...redis.store, ...overrides.redis },
    postgres: { ...postgres.store, ...overrides.postgres },
  }
  const breakers = createBreakers({
    connectRedis: async () => {},
    migratePostgres: async () => {},
    log: pino({ level: 'silent' }),
  })
  const counter = createGuardedCounter(
    { redis: latest(unguarded.redis), postgres: latest(unguarded.postgres) },
    breakers,
    () => {},
  )
  onTestFinished(() => {
    counter.stop()
    stopBreakers(breakers)
    vi.useRealTimers()
  })
  const started = vi.fn()
  startBreakers(breakers).then(counter.start).then(started)
  return {
    counter,
    breakers,
    unguarded,
    redis,
    postgres,
    started,
    async pass(ms: number): Promise<void> {
      // In small steps, with time for what follows from each.
      for (let passed = 0; passed < ms; passed += 10) {
        vi.advanceTimersByTime(10)
        await flushPromises()
      }
    },
  }
}

test('a visit that Redis does not answer is counted in Postgres after 250 ms', async () => {
  const { counter, unguarded, pass } = await start()
  await pass(100)
  unguarded.redis.increment = never
  const answered = vi.fn()
  counter.visit().then(answered)
  await pass(240)
  expect(answered).not.toHaveBeenCalled()
  await pass(20)
  expect(answered).toHaveBeenCalledWith({ count: 1, source: 'postgres' })
})

test('a visit that Postgres does not answer, either, is refused after another second', async () => {
  const { counter, unguarded, pass } = await start()
  await pass(100)
  unguarded.redis.increment = never
  unguarded.postgres.add = never
  const refused = vi.fn()
  counter.visit().catch(refused)
  await pass(1_240)
  expect(refused).not.toHaveBeenCalled()
  await pass(20)
  expect(refused).toHaveBeenCalledWith(expect.objectContaining({ status: 504 }))
})

test.each([
  ['a moment when both stores answer', {}, 10],
  ['a second when Redis does not', { redis: { read: never, increment: never } }, 1_000],
  ['two seconds when neither does', { redis: { increment: never }, postgres: { add: never } }, 2_000],
])('the start takes %s', async (_how, overrides, ms) => {
  const { started, pass } = await start(overrides)
  await pass(ms - 10)
  if (ms > 10) expect(started).not.toHaveBeenCalled()
  await pass(20)
  expect(started).toHaveBeenCalled()
})

test('a store that is back is used again within 250 ms', async () => {
  const { breakers, unguarded, pass } = await start()
  await pass(100)
  const { add } = unguarded.postgres
  unguarded.postgres.add = () => Promise.reject(new Error('still away'))
  breakers.postgres.trip(new Error('dropped'))
  await pass(10)
  unguarded.postgres.add = add
  await pass(230)
  expect(breakers.postgres.closed).toBe(false)
  await pass(20)
  expect(breakers.postgres.closed).toBe(true)
})

test('Redis that lost its connection does not wait for Postgres, which does not answer', async () => {
  const { breakers, counter, unguarded, pass } = await start()
  await pass(100)
  unguarded.postgres.add = never
  unguarded.postgres.save = never
  breakers.postgres.trip(new Error('dropped'))
  breakers.redis.trip(new Error('dropped'))
  await pass(20)
  expect(await counter.visit()).toEqual({ count: 1, source: 'redis' })
})

test('visits reach Postgres within 250 ms, and a visit in Postgres reaches an idle Redis within 1.25 s', async () => {
  const { counter, redis, postgres, pass } = await start()
  await pass(1_100)
  for (let visit = 0; visit < 5; visit++) counter.visit()
  await pass(250)
  expect(await postgres.store.read()).toBe(5)
  const { savedAt } = await counter.status()
  expect(savedAt?.getTime()).toBeGreaterThan(Date.now() - 300)
  await postgres.store.add(3)
  await pass(1_250)
  expect(await redis.read()).toMatchObject({ counted: 5, saved: 5, elsewhere: 3 })
})

test('Postgres sees at most 5 statements a second, and 1 while nothing is counted', async () => {
  const { counter, unguarded, pass } = await start()
  await pass(1_000)
  const calls = (['add', 'save', 'read'] as const).map((name) => vi.spyOn(unguarded.postgres, name))
  const count = () => calls.reduce((sum, { mock }) => sum + mock.calls.length, 0)
  await pass(10_000)
  expect(count()).toBeLessThanOrEqual(10)
  const before = count()
  for (let round = 0; round < 1_000; round++) {
    counter.visit()
    await pass(10)
  }
  expect(count() - before).toBeLessThanOrEqual(50)
})

test('Redis that comes back knows at once what was counted in Postgres', async () => {
  const { breakers, counter, redis, postgres, pass } = await start()
  await pass(100)
  breakers.redis.trip(new Error('dropped'))
  await postgres.store.add(3)
  await pass(10)
  expect(breakers.redis.closed).toBe(true)
  expect(await redis.read()).toMatchObject({ elsewhere: 3 })
  expect(await counter.visit()).toEqual({ count: 4, source: 'redis' })
})

test('a visit that finds no counter in Redis three times in a row is counted in Postgres', async () => {
  const { counter, redis, unguarded, pass } = await start()
  await pass(100)
  const increment = vi.spyOn(unguarded.redis, 'increment').mockImplementation(async () => null)
  expect(await counter.visit()).toEqual({ count: 1, source: 'postgres' })
  expect(increment).toHaveBeenCalledTimes(3)
  expect(await redis.read()).toMatchObject({ counted: 0 })
})

test('Postgres is not asked for anything before it has the schema', async () => {
  const asked = vi.fn(never)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const log = pino({ level: 'silent' })
  const breakers = createBreakers({ connectRedis: async () => {}, migratePostgres: never, log })
  const stores = { redis: createMemoryRedis().store, postgres: { add: asked, save: asked, read: asked } }
  const counter = createGuardedCounter(stores, breakers, () => {})
  startBreakers(breakers)
  await vi.advanceTimersByTimeAsync(5_000)
  await expect(counter.visit()).rejects.toMatchObject({ status: 503 })
  expect(asked).not.toHaveBeenCalled()
  stopBreakers(breakers)
})
