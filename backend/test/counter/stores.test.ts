import { expect, onTestFinished, test } from 'vitest'
import { createPostgresStore } from '../../src/counter/postgres-store.ts'
import { COUNTER_SCRIPTS, createRedisStore } from '../../src/counter/redis-store.ts'
import { createPool } from '../../src/lib/postgres.ts'
import { createRedisClient } from '../../src/lib/redis.ts'
import { databaseUrl, describeWithRedis, redisUrl } from '../helpers/stores.ts'
import { newCounter } from './new-counter.ts'

async function openPostgres({ count = 0 } = {}) {
  const { id } = await newCounter({ count })
  const pool = createPool(databaseUrl)
  onTestFinished(() => pool.end())
  return createPostgresStore(pool, id)
}

/** The counter in Redis, in an epoch that began at 41. */
async function openRedis() {
  const { id, restartRedis } = await newCounter()
  const client = createRedisClient(redisUrl, COUNTER_SCRIPTS)
  await client.connect()
  onTestFinished(() => client.destroy())
  const redis = createRedisStore(client, id)
  await redis.beginEpoch(null, 'first', 41)
  return { redis, restartRedis }
}

test('the count in Postgres is the sum of its own visits and those of every epoch', async () => {
  const postgres = await openPostgres({ count: 41 })
  expect(await postgres.save('first', 3)).toEqual({ saved: 3, elsewhere: 41 })
  expect(await postgres.save('second', 4)).toEqual({ saved: 4, elsewhere: 44 })
  expect(await postgres.add(2)).toBe(50)
  expect(await postgres.read()).toBe(50)
})

test('a save that is late or repeated changes nothing', async () => {
  const postgres = await openPostgres({ count: 41 })
  await postgres.save('first', 5)
  expect(await postgres.save('first', 3)).toEqual({ saved: 5, elsewhere: 41 })
  expect(await postgres.save('first', 5)).toEqual({ saved: 5, elsewhere: 41 })
  expect(await postgres.read()).toBe(46)
})

describeWithRedis('in Redis', () => {
  test('a reconcile that is late or repeated changes nothing, and no number goes back', async () => {
    const { redis } = await openRedis()
    await redis.increment(5)
    await redis.reconcile('first', { saved: 5, elsewhere: 50 })
    for (const late of [
      { saved: 3, elsewhere: 45 },
      { saved: 5, elsewhere: 50 },
    ]) {
      await redis.reconcile('first', late)
      expect(await redis.read()).toEqual({ epoch: 'first', counted: 5, saved: 5, elsewhere: 50 })
    }
    expect(await redis.increment(1)).toBe(56)
  })

  test('a reconcile of another epoch changes nothing', async () => {
    const { redis } = await openRedis()
    await redis.reconcile('before', { saved: 9, elsewhere: 99 })
    expect(await redis.read()).toEqual({ epoch: 'first', counted: 0, saved: 0, elsewhere: 41 })
  })

  test('an epoch begins only where the counter is still as it was read', async () => {
    const { redis } = await openRedis()
    const old = await redis.read()
    await redis.increment(1)
    await redis.beginEpoch(null, 'second', 99)
    await redis.beginEpoch(old, 'second', 99)
    expect(await redis.read()).toMatchObject({ epoch: 'first', counted: 1 })
    await redis.beginEpoch(await redis.read(), 'second', 42)
    expect(await redis.read()).toEqual({ epoch: 'second', counted: 0, saved: 0, elsewhere: 42 })
  })

  test('after a restart, nothing is counted before an epoch began', async () => {
    const { redis, restartRedis } = await openRedis()
    expect(await redis.increment(1)).toBe(42)
    await restartRedis()
    expect(await redis.increment(1)).toBeNull()
    expect(await redis.read()).toMatchObject({ epoch: 'first', counted: 1 })
  })
})
