import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { startBackend } from '../helpers/backend.ts'
import { startProxy } from '../helpers/proxy.ts'
import { databaseUrl, describeWithRedis, redisUrl } from '../helpers/stores.ts'
import { newCounter } from './new-counter.ts'

const VISITS = 200_000
const AT_ONCE = 5_000
// Far less than a queue of so many visits would take (about 40 MB), far more than what a test runner wavers.
const MAX_GROWTH = 15_000_000

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function heapUsed(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

describeWithRedis('200,000 visits leave no growing queue', () => {
  test.each([
    ['Redis', 'postgres'],
    ['Postgres', 'redis'],
  ] as const)('while %s is down', { timeout: 120_000 }, async (down, source) => {
    const counter = await newCounter()
    const proxy = await startProxy(down === 'Redis' ? redisUrl : databaseUrl)
    const stores = down === 'Redis' ? { redisUrl: proxy.url } : { databaseUrl: proxy.url }
    const { services } = await startBackend({ counter, ...stores })
    await services.counter.visit() // Redis loads the counter while Postgres is there
    await proxy.cut()
    await expect.poll(async () => (await services.counter.visit()).source).toBe(source)

    const before = heapUsed()
    for (let visits = 0; visits < VISITS; visits += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => services.counter.visit()))
    }
    expect(heapUsed() - before).toBeLessThan(MAX_GROWTH)
  })
})
