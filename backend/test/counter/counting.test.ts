import { expect, test } from 'vitest'
import type { Visits } from '../../src/counter/counter.ts'
import { type Backend, startBackend } from '../helpers/backend.ts'
import { describeWithRedis } from '../helpers/stores.ts'
import { newCounter } from './new-counter.ts'

const inFiveSeconds = { timeout: 5_000 }

describeWithRedis('counting', () => {
  test('500 visits of 50 clients over 3 backends get 500 numbers, and Postgres has them soon', async () => {
    const counter = await newCounter()
    const backends = await Promise.all([1, 2, 3].map(() => startBackend({ counter })))
    const visits: Visits[] = []
    async function visitTenTimes({ services }: Backend) {
      for (let i = 0; i < 10; i++) visits.push(await services.counter.visit())
    }
    const clients = Array.from({ length: 50 }, (_, i) => visitTenTimes(backends[i % 3] as Backend))
    await Promise.all(clients)

    expect(new Set(visits.map(({ source }) => source))).toEqual(new Set(['redis']))
    const numbers = visits.map(({ count }) => count).sort((a, b) => a - b)
    expect(numbers).toEqual(Array.from({ length: 500 }, (_, i) => i + 1))
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(500)
    expect(await counter.inRedis()).toBe(500)
  })

  test('backends that load the counter at the same time lose no visit', async () => {
    const counter = await newCounter({ count: 100 })
    const backends = await Promise.all([1, 2, 3].map(() => startBackend({ counter })))
    await Promise.all(backends.map(({ visits }) => visits(10)))
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(130)
    await expect.poll(counter.inRedis, inFiveSeconds).toBe(130)
  })

  test('backends that stop at the same time save what is left, once', async () => {
    const counter = await newCounter()
    const backends = await Promise.all([1, 2, 3].map(() => startBackend({ counter })))
    await Promise.all(backends.map(({ visit }) => visit()))
    await Promise.all(backends.map(({ stop }) => stop()))
    expect(await counter.inPostgres()).toBe(3)
  })

  test('reading does not count', async () => {
    const counter = await newCounter()
    const { api, visit } = await startBackend({ counter })
    await visit()
    for (let i = 0; i < 5; i++) await api.get('/visits')
    expect((await visit()).body).toMatchObject({ count: 2 })
  })

  test('a counter goes on from the count that Postgres has', async () => {
    const counter = await newCounter({ count: 1_000_000 })
    const { visit } = await startBackend({ counter })
    expect((await visit()).body).toMatchObject({ count: 1_000_001, source: 'redis' })
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(1_000_001)
  })

  test("a count beyond 32 bits and beyond Lua's short notation stays exact", async () => {
    const counter = await newCounter({ count: 9_007_199_254_740_000 })
    const { visit } = await startBackend({ counter })
    await visit()
    await expect.poll(counter.inPostgres, inFiveSeconds).toBe(9_007_199_254_740_001)
    expect((await visit()).body).toMatchObject({ count: 9_007_199_254_740_002, source: 'redis' })
  })
})
