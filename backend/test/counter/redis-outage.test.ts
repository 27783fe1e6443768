import { expect, test } from 'vitest'
import { startBackend } from '../helpers/backend.ts'
import { startProxy } from '../helpers/proxy.ts'
import { describeWithRedis, redisUrl } from '../helpers/stores.ts'
import { newCounter } from './new-counter.ts'

const inFiveSeconds = { timeout: 5_000 }

/** A backend that reaches its Redis through a proxy, with 10 visits counted. */
async function startWithProxy() {
  const counter = await newCounter()
  const redis = await startProxy(redisUrl)
  const backend = await startBackend({ counter, redisUrl: redis.url })
  await backend.visits(10)
  return { counter, redis, backend }
}

describeWithRedis('Redis', () => {
  test('is down: visits are counted in Postgres, and in Redis again after it returned', async () => {
    const { counter, redis, backend } = await startWithProxy()
    await redis.cut()
    const answers = await backend.visits(20)
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201))
    expect(new Set(answers.map(({ body }) => body.source))).toEqual(new Set(['postgres']))

    redis.restore()
    await backend.seesStores()
    expect((await backend.visit()).body).toMatchObject({ count: 31, source: 'redis' })
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(31)
    expect(await counter.inRedis()).toBe(31)
  })

  test('is frozen: every visit is answered in time and counted, and only one in doubt twice', async () => {
    const { counter, redis, backend } = await startWithProxy()
    redis.freeze()
    for (let round = 0; round < 5; round++) {
      const startedAt = performance.now()
      const answers = await backend.visits(4)
      expect(performance.now() - startedAt).toBeLessThan(1_000)
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201])
    }

    redis.restore()
    await backend.seesStores()
    const { count } = (await backend.visit().expect(201)).body
    expect(count).toBeGreaterThanOrEqual(31)
    expect(count).toBeLessThanOrEqual(31 + (await backend.inDoubt()))
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(count)
  })

  test('is frozen: reading is answered in time', async () => {
    const { redis, backend } = await startWithProxy()
    redis.freeze()
    const startedAt = performance.now()
    await Promise.all(
      ['/visits', '/status', '/health/ready'].map((path) => backend.api.get(path).expect(200)),
    )
    expect(performance.now() - startedAt).toBeLessThan(1_000)
  })

  test('fails for one backend only: both go on, and together they are exact', async () => {
    const { counter, redis, backend } = await startWithProxy()
    const other = await startBackend({ counter })
    await redis.cut()
    const answers = await Promise.all([backend.visits(10), other.visits(10)])
    expect(answers.flat().map(({ status }) => status)).toEqual(Array(20).fill(201))

    redis.restore()
    await backend.seesStores()
    await backend.visit()
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(31)
    await expect.poll(counter.inRedis, inFiveSeconds).toBe(31)
  })

  test('drops its connections again and again under load: no visit fails, and none is lost', async () => {
    const { counter, redis, backend } = await startWithProxy()
    for (let round = 0; round < 8; round++) {
      const [answers] = await Promise.all([backend.visits(20), redis.dropConnections()])
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201))
    }
    await backend.seesStores()
    await expect.poll(counter.inPostgres, inFiveSeconds).toBeGreaterThanOrEqual(170)
    const count = await counter.inPostgres()
    expect(count).toBeLessThanOrEqual(170 + (await backend.inDoubt()))
    await expect.poll(async () => (await backend.api.get('/visits')).body.count, inFiveSeconds).toBe(count)
  })

  test('lost its data: it is loaded again, and only visits that were unsaved are missing', async () => {
    const { counter, backend } = await startWithProxy()
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(10)
    await backend.visits(5)
    await counter.wipeRedis()
    const { count, source } = (await backend.visit().expect(201)).body
    expect(source).toBe('redis')
    expect(count).toBeGreaterThanOrEqual(11)
    expect(count).toBeLessThanOrEqual(16)
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(count)
    expect(await counter.inRedis()).toBe(count)
  })
})
