import { expect, test } from 'vitest'
import { startBackend } from '../helpers/backend.ts'
import { startProxies } from '../helpers/proxy.ts'
import { describeWithRedis } from '../helpers/stores.ts'
import { newCounter } from './new-counter.ts'

const inFiveSeconds = { timeout: 5_000 }

/** Two backends, and proxies through which both reach their stores; 10 visits are counted and saved. */
async function startTwo() {
  const counter = await newCounter()
  const { redis, postgres, urls } = await startProxies()
  const backends = await Promise.all([startBackend({ counter, ...urls }), startBackend({ counter, ...urls })])
  const [first, second] = backends
  await first.visits(10)
  await expect.poll(counter.inPostgres, inFiveSeconds).toBe(10)
  return {
    counter,
    postgres,
    first,
    second,
    /** Redis restarts, with the data that it has or with older data. */
    async restartRedis(data?: Record<string, string>): Promise<void> {
      await redis.cut()
      await counter.restartRedis(data)
      redis.restore()
    },
    /** Both backends see both stores, and all counts are equal. */
    async agreeOn(count: number): Promise<void> {
      await Promise.all(backends.map(({ seesStores }) => seesStores()))
      await expect.poll(counter.inPostgres, inFiveSeconds).toBe(count)
      await expect.poll(counter.inRedis, inFiveSeconds).toBe(count)
    },
  }
}

describeWithRedis('Redis that restarted', () => {
  test('with older data, while Postgres is away, is not used; then it is, and no visit is lost', async () => {
    const { counter, postgres, first, second, restartRedis, agreeOn } = await startTwo()
    const older = await counter.redisData()
    await first.visits(10)
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(20)

    await postgres.cut()
    await restartRedis(older)
    for (const backend of [first, second]) {
      await backend.seesStores({ redis: 'down', postgres: 'down' })
      await backend.visit().expect(503)
      await backend.api.get('/visits').expect(503)
    }

    postgres.restore()
    await agreeOn(20)
    await Promise.all([first.visits(10), second.visits(10)])
    await agreeOn(40)
  })

  test('with visits that Postgres does not have, while Postgres is away, keeps them until it is back', async () => {
    const { postgres, first, second, restartRedis, agreeOn } = await startTwo()
    await postgres.cut()
    await first.visits(10)
    await restartRedis()
    await second.seesStores({ redis: 'down', postgres: 'down' })
    await second.visit().expect(503)

    postgres.restore()
    await agreeOn(20)
    expect((await second.visit()).body).toMatchObject({ count: 21, source: 'redis' })
  })

  test('while Postgres is up, is used again at once, and begins one epoch', async () => {
    const { counter, first, second, restartRedis, agreeOn } = await startTwo()
    const { epoch } = await counter.redisData()
    await restartRedis()
    await agreeOn(10)
    const answers = await Promise.all([...(await first.visits(10)), ...(await second.visits(10))])
    expect(new Set(answers.map(({ body }) => body.source))).toEqual(new Set(['redis']))
    expect(new Set(answers.map(({ body }) => body.count)).size).toBe(20)
    await agreeOn(30)
    expect(await counter.redisData()).toMatchObject({ counted: '20', elsewhere: '10' })
    expect((await counter.redisData()).epoch).not.toBe(epoch)
  })

  test('under load, with two backends: every answered visit is counted', async () => {
    const { counter, first, second, restartRedis, agreeOn } = await startTwo()
    let answered = 10
    for (let round = 0; round < 3; round++) {
      const visits = [first.visits(20), second.visits(20), restartRedis()] as const
      const [ones, others] = await Promise.all(visits)
      answered += [...ones, ...others].filter(({ status }) => status === 201).length
    }
    await Promise.all([first.seesStores(), second.seesStores()])
    const inDoubt = (await first.inDoubt()) + (await second.inDoubt())
    await expect.poll(counter.inPostgres, inFiveSeconds).toBeGreaterThanOrEqual(answered)
    const count = await counter.inPostgres()
    expect(count).toBeLessThanOrEqual(answered + inDoubt)
    await agreeOn(count)
  })
})
