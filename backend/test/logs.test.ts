import { expect, test } from 'vitest'
import { startConnections } from './helpers/connections.ts'
import { startProxies, startProxy } from './helpers/proxy.ts'
import { describeWithRedis, redisUrl } from './helpers/stores.ts'

const stack = /\n\s+at /

describeWithRedis('the log', () => {
  test.each(['redis', 'postgres'] as const)(
    'has one line at the start of an outage of %s, and one at its end, however much is asked',
    async (name) => {
      const { urls, ...stores } = await startProxies()
      const { connections, outages, seesStores } = await startConnections(urls)
      await seesStores()
      const before = outages().length
      for (let outage = 0; outage < 2; outage++) {
        await stores[name].cut()
        await seesStores({ [name]: 'down' })
        await Promise.all(Array.from({ length: 20 }, connections.ping))
        stores[name].restore()
        await seesStores()
      }
      const lines = [expect.stringMatching(`^${name} is down: .+`), `${name} is up`]
      expect(outages().slice(before)).toEqual([...lines, ...lines])
    },
  )
})

describeWithRedis('a Redis that accepts a connection and does not answer', () => {
  test('is logged as that, and not as a client that is offline', async () => {
    const redis = await startProxy(redisUrl)
    redis.freeze()
    const { outages } = await startConnections({ redisUrl: redis.url })
    await expect.poll(() => outages('redis'), { timeout: 5_000 }).toEqual([expect.stringMatching(/timeout/i)])
  })
})

test('an outage is logged with its cause, whatever addresses the store has', async () => {
  const nowhere = { redisUrl: 'redis://localhost:1', databaseUrl: 'postgres://postgres@localhost:1/postgres' }
  const { outages } = await startConnections(nowhere)
  const messages = outages().sort()
  expect(messages).toEqual([
    expect.stringMatching(/^postgres is down: .*ECONNREFUSED/),
    expect.stringMatching(/^redis is down: .*ECONNREFUSED/),
  ])
  expect(messages.join()).not.toMatch(stack)
})
