import { expect, test } from 'vitest'
import { startBackend } from '../helpers/backend.ts'
import { refusal, startProxies } from '../helpers/proxy.ts'
import { describeWithRedis } from '../helpers/stores.ts'
import { newCounter } from './new-counter.ts'

const inFiveSeconds = { timeout: 5_000 }

/** A backend that reaches both stores through proxies, with 10 visits counted and saved. */
async function startWithProxies() {
  const counter = await newCounter()
  const { redis, postgres, urls: stores } = await startProxies()
  const backend = await startBackend({ counter, ...stores })
  await backend.visits(10)
  await expect.poll(counter.inPostgres, inFiveSeconds).toBe(10)
  return { counter, redis, postgres, backend, stores }
}

describeWithRedis('Postgres', () => {
  test('is down: visits wait in Redis, and are saved exactly once after it returned', async () => {
    const { counter, postgres, backend, stores } = await startWithProxies()
    const other = await startBackend({ counter, ...stores })
    await postgres.cut()
    for (const unsaved of [10, 20]) {
      const answers = await backend.visits(10)
      expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201))
      await expect
        .poll(async () => (await backend.api.get('/status')).body.visits, inFiveSeconds)
        .toMatchObject({ count: 10 + unsaved, unsaved })
    }
    expect(await counter.inPostgres()).toBe(10)

    postgres.restore()
    await Promise.all([backend.seesStores(), other.seesStores()])
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(30)
    await Promise.all([backend.stop(), other.stop()])
    expect([await counter.inPostgres(), await counter.inRedis()]).toEqual([30, 30])
  })

  test('is frozen: visits are answered by Redis in time, and saved exactly once after the thaw', async () => {
    const { counter, postgres, backend } = await startWithProxies()
    postgres.freeze()
    const startedAt = performance.now()
    const answers = await backend.visits(10)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    expect(new Set(answers.map(({ body }) => body.source))).toEqual(new Set(['redis']))
    await backend.seesStores({ postgres: 'down' })

    postgres.restore()
    await backend.seesStores()
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(20)
    expect((await backend.visit()).body).toMatchObject({ count: 21 })
  })

  test('refuses the password: visits wait in Redis, and are saved when it is right', async () => {
    const { counter, postgres, backend } = await startWithProxies()
    await postgres.refuse(refusal('28P01', 'password authentication failed for user "app"'))
    await backend.seesStores({ postgres: 'down' })
    const answers = await backend.visits(20)
    expect(new Set(answers.map(({ body }) => body.source))).toEqual(new Set(['redis']))

    postgres.restore()
    await backend.seesStores()
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(30)
  })

  test('drops its connections again and again while visits are saved: each is saved once', async () => {
    const { counter, postgres, backend } = await startWithProxies()
    for (let round = 0; round < 8; round++) {
      await Promise.all([backend.visits(10), postgres.dropConnections()])
    }
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(90)
    expect((await backend.visit()).body).toMatchObject({ count: 91, source: 'redis' })
  })
})

describeWithRedis('both stores', () => {
  test('are down: 503 at once, which says when to come back; then it recovers without help', async () => {
    const { counter, redis, postgres, backend } = await startWithProxies()
    await Promise.all([redis.cut(), postgres.cut()])
    await backend.seesStores({ redis: 'down', postgres: 'down' })
    const startedAt = performance.now()
    const { headers, body } = await backend.visit().expect(503)
    expect(performance.now() - startedAt).toBeLessThan(500)
    expect(headers).toMatchObject({ 'retry-after': '1', 'content-type': /problem\+json/ })
    expect(body).toMatchObject({ status: 503, detail: 'Neither Redis nor Postgres answers.' })
    await backend.api.get('/visits').expect(503)

    redis.restore()
    postgres.restore()
    await backend.seesStores()
    expect((await backend.visit()).body).toMatchObject({ count: 11, source: 'redis' })
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(11)
  })
})
