import pg from 'pg'
import { ClientOfflineError, createClient, ErrorReply } from 'redis'
import { expect, onTestFinished, test } from 'vitest'
import { withKnownOutcome } from '../../src/counter/outcome.ts'
import { NotSentError } from '../../src/lib/circuit-breaker.ts'
import { startBackend } from '../helpers/backend.ts'
import { startProxies } from '../helpers/proxy.ts'
import { describeWithRedis, redisUrl } from '../helpers/stores.ts'
import { newCounter } from './new-counter.ts'

const WARN = 40
const inFiveSeconds = { timeout: 5_000 }

/** A backend that reaches both stores through proxies; 10 visits are counted and saved. */
async function start() {
  const counter = await newCounter()
  const { redis, postgres, urls } = await startProxies()
  const backend = await startBackend({ counter, ...urls })
  await backend.visits(10)
  await expect.poll(counter.inPostgres, inFiveSeconds).toBe(10)
  return {
    counter,
    redis,
    postgres,
    backend,
    /** What the count is when all faults are over. */
    async countInTheEnd(): Promise<number> {
      for (const store of [redis, postgres]) store.restore()
      await backend.seesStores()
      await expect
        .poll(async () => (await counter.inRedis()) === (await counter.inPostgres()), inFiveSeconds)
        .toBe(true)
      return counter.inPostgres()
    },
  }
}

test.each([
  new NotSentError('redis is down'),
  new ClientOfflineError(),
  new ErrorReply('OOM command not allowed'),
  new pg.DatabaseError('disk full', 0, 'error'),
])('an error that says that nothing was counted is passed on: %s', async (error) => {
  await expect(withKnownOutcome(Promise.reject(error))).rejects.toBe(error)
})

describeWithRedis('504: the visit may have been counted', () => {
  test.each([
    ['was: Redis had it', 11, async () => {}],
    ['was not: it got lost', 10, ({ redis }: Awaited<ReturnType<typeof start>>) => redis.dropConnections()],
  ])('and %s', async (_how, count, lose) => {
    const started = await start()
    await started.postgres.cut()
    started.redis.freeze()
    const { body } = await started.backend.visit().expect(504).expect('Retry-After', '1')
    expect(body.detail).toBe('The store did not answer in time.')
    await lose(started)
    expect(await started.countInTheEnd()).toBe(count)
    expect(await started.backend.inDoubt()).toBe(1)
  })

  test.each([
    ['was: Postgres had it', 11, async () => {}],
    [
      'was not: it got lost',
      10,
      ({ postgres }: Awaited<ReturnType<typeof start>>) => postgres.dropConnections(),
    ],
  ])('and %s', async (_how, count, lose) => {
    const started = await start()
    await started.redis.cut()
    await started.backend.seesStores({ redis: 'down' })
    started.postgres.freeze()
    await started.backend.visit().expect(504).expect('Retry-After', '1')
    await lose(started)
    expect(await started.countInTheEnd()).toBe(count)
    expect(await started.backend.inDoubt()).toBe(0)
  })
})

describeWithRedis('the log', () => {
  test('has no stack trace for a 503 and a 504, and their requests are warnings', async () => {
    const { redis, postgres, backend } = await start()
    backend.logged.length = 0
    redis.freeze()
    postgres.freeze()
    await backend.visit().expect(504)
    await backend.visit().expect(503)
    expect(JSON.stringify(backend.logged)).not.toMatch(/\\n\s+at /)
    expect(backend.logged.filter(({ res }) => res)).toMatchObject([
      { level: WARN, res: { statusCode: 504 } },
      { level: WARN, res: { statusCode: 503 } },
    ])
  })
})

describeWithRedis('503: the visit was not counted', () => {
  test('when neither store can be reached, nor when they do not answer any more', async () => {
    const { redis, postgres, backend, countInTheEnd } = await start()
    await redis.cut()
    postgres.freeze()
    await backend.seesStores({ redis: 'down', postgres: 'down' })
    for (let visit = 0; visit < 5; visit++) await backend.visit().expect(503)
    expect(await countInTheEnd()).toBe(10)
  })

  test('when both stores refuse', async () => {
    const counter = await newCounter()
    const admin = createClient({ url: redisUrl })
    await admin.connect()
    onTestFinished(async () => {
      await admin.aclDelUser(counter.id)
      admin.destroy()
    })
    await admin.aclSetUser(counter.id, ['on', 'nopass', '~*', '+@all'])
    const url = new URL(redisUrl)
    url.username = counter.id
    url.password = 'any'
    const backend = await startBackend({ counter, redisUrl: url.href })
    await backend.visit().expect(201)
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(1)

    const allowWrites = await counter.refuseWrites(
      '25006',
      'cannot execute INSERT in a read-only transaction',
    )
    await admin.aclSetUser(counter.id, ['-hincrby'])
    for (let visit = 0; visit < 5; visit++) await backend.visit().expect(503)
    await expect.poll(() => backend.outages().filter((line) => line.includes('down')).length).toBe(2)
    await backend.seesStores({ redis: 'down', postgres: 'down' })
    await allowWrites()
    await admin.aclSetUser(counter.id, ['+hincrby'])
    await backend.seesStores()
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(1)
    expect(await counter.inRedis()).toBe(1)
    expect(backend.outages('redis')).toHaveLength(3)
    expect(await backend.inDoubt()).toBe(0)
  })
})
