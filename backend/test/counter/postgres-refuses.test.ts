import { expect, test } from 'vitest'
import { startBackend } from '../helpers/backend.ts'
import { startProxy } from '../helpers/proxy.ts'
import { describeWithRedis, redisUrl } from '../helpers/stores.ts'
import { newCounter } from './new-counter.ts'

const inFiveSeconds = { timeout: 5_000 }

// A trigger fails as Postgres does, but only for this test's counter.
describeWithRedis.each([
  ['read-only', '25006', 'cannot execute INSERT in a read-only transaction'],
  ['out of space', '53100', 'could not extend file: No space left on device'],
  ['locked by somebody', '57014', 'canceling statement due to statement timeout'],
  ['without the privilege', '42501', 'permission denied for table visit_counts'],
])('Postgres that answers and is %s', (_what, code, message) => {
  test('leaves the visits in Redis, also after Redis dropped its connections, and gets them later', async () => {
    const counter = await newCounter()
    const redis = await startProxy(redisUrl)
    const backend = await startBackend({ counter, redisUrl: redis.url })
    await backend.visit().expect(201)
    const allowWrites = await counter.refuseWrites(code, message)
    await backend.visit().expect(201)
    await expect.poll(() => backend.services.connections.breakers.postgres.closed, inFiveSeconds).toBe(false)

    await redis.dropConnections()
    await backend.seesStores({ postgres: 'down' })
    const startedAt = performance.now()
    const answers = await backend.visits(20)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    expect(new Set(answers.map(({ body }) => body.source))).toEqual(new Set(['redis']))

    await allowWrites()
    await backend.seesStores()
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(22)
    // One line at the start and one at the end, however often it was tried.
    const outage = expect.stringMatching(`^postgres is down: ${message}($|\\. Grant)`)
    expect(backend.outages('postgres')).toEqual(['postgres is up', outage, 'postgres is up'])
  })

  test('is not ready without Redis: no visit can be counted', async () => {
    const counter = await newCounter()
    const backend = await startBackend({ counter, redisUrl: 'redis://127.0.0.1:1' })
    await backend.visit().expect(201)
    const allowWrites = await counter.refuseWrites(code, message)
    await backend.visit().expect(503)
    await backend.seesStores({ redis: 'down', postgres: 'down' })
    const { body } = await backend.api.get('/health/ready').expect(503)
    expect(body.detail).toBe('Neither Redis nor Postgres answers.')

    await allowWrites()
    await backend.seesStores({ redis: 'down' })
    expect((await backend.visit()).body).toMatchObject({ count: 2, source: 'postgres' })
  })
})
