import { expect, test } from 'vitest'
import { startBackend } from './helpers/backend.ts'
import { databaseUrl, describeWithRedis, newCounter, redisUrl } from './helpers/counter.ts'
import { startProxy } from './helpers/proxy.ts'

const WARN = 40
const stack = /\n\s+at /

/** A backend that reaches both stores through proxies. */
async function startWithProxies() {
  const counter = await newCounter()
  const [redis, postgres] = await Promise.all([startProxy(redisUrl), startProxy(databaseUrl)])
  const backend = await startBackend(counter, { redisUrl: redis.url, databaseUrl: postgres.url })
  await backend.visit().expect(201)
  backend.logged.length = 0
  return { redis, postgres, backend }
}

describeWithRedis('the log', () => {
  test.each(['redis', 'postgres'] as const)(
    'has one line at the start of an outage of %s, and one at its end',
    async (name) => {
      const { backend, ...stores } = await startWithProxies()
      for (let outage = 0; outage < 2; outage++) {
        await stores[name].cut()
        await backend.seesStores({ [name]: 'down' })
        await backend.visits(20)
        stores[name].restore()
        await backend.seesStores()
      }
      const lines = [expect.stringMatching(`^${name} is down: .+`), `${name} is up`]
      expect(backend.outages.map(({ msg }) => msg)).toEqual([...lines, ...lines])
    },
  )

  test('has no stack trace for a 503 and a 504, and their requests are warnings', async () => {
    const { redis, postgres, backend } = await startWithProxies()
    redis.freeze()
    postgres.freeze()
    await backend.visit().expect(504)
    await backend.visit().expect(503)
    expect(JSON.stringify(backend.logged)).not.toMatch(/\\n\s+at /)
    const requests = backend.logged.filter((line) => 'res' in line)
    expect(requests.map((line) => [line.level, (line as { res?: unknown }).res])).toEqual([
      [WARN, { statusCode: 504 }],
      [WARN, { statusCode: 503 }],
    ])
  })
})

describeWithRedis('a Redis that accepts a connection and does not answer', () => {
  test('is logged as that, and not as a client that is offline', async () => {
    const redis = await startProxy(redisUrl)
    redis.freeze()
    const backend = await startBackend(await newCounter(), { redisUrl: redis.url })
    const fromRedis = () => backend.outages.map(({ msg }) => msg).filter((msg) => msg.startsWith('redis'))
    await expect.poll(fromRedis, { timeout: 5_000 }).toEqual([expect.stringMatching(/timeout/i)])
  })
})

test('an outage is logged with its cause, whatever addresses the store has', async () => {
  const nowhere = { redisUrl: 'redis://localhost:1', databaseUrl: 'postgres://postgres@localhost:1/postgres' }
  const backend = await startBackend(await newCounter(), nowhere)
  const messages = backend.outages.map(({ msg }) => msg).sort()
  expect(messages).toEqual([
    expect.stringMatching(/^postgres is down: .*ECONNREFUSED/),
    expect.stringMatching(/^redis is down: .*ECONNREFUSED/),
  ])
  expect(messages.join()).not.toMatch(stack)
})
