import { expect, test } from 'vitest'
import { type Backend, startBackend } from '../helpers/backend.ts'
import { startProxy } from '../helpers/proxy.ts'
import { databaseUrl, describeWithRedis, noPostgres, noRedis } from '../helpers/stores.ts'
import { newCounter } from './new-counter.ts'

const inFiveSeconds = { timeout: 5_000 }

/** The value of a series, as Prometheus would read it; undefined when there is none. */
async function scrape({ api }: Backend, series: string): Promise<number | undefined> {
  const { text } = await api.get('/metrics').expect(200)
  const line = text.split('\n').find((line) => line.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length))
}

/** A backend with a visit that Postgres, which is down now, does not have. */
async function startWithUnsavedVisit() {
  const counter = await newCounter()
  const postgres = await startProxy(databaseUrl)
  const backend = await startBackend({ counter, databaseUrl: postgres.url })
  await backend.visit().expect(201)
  await expect.poll(counter.inPostgres, inFiveSeconds).toBe(1)
  await postgres.cut()
  await backend.visit().expect(201)
  return { counter, postgres, backend }
}

const age = (backend: Backend) => scrape(backend, 'visits_unsaved_age_seconds')

describeWithRedis('the oldest unsaved visit', () => {
  test('gets older while Postgres is down; saved, it makes room for a younger one', async () => {
    const { postgres, backend } = await startWithUnsavedVisit()
    expect(await scrape(backend, 'visits_unsaved')).toBe(1)
    const before = (await age(backend)) ?? 0
    await expect.poll(() => age(backend), inFiveSeconds).toBeGreaterThan(before + 1)

    postgres.restore()
    await expect.poll(() => age(backend), inFiveSeconds).toBe(0)
    await postgres.cut()
    await backend.visit().expect(201)
    expect(await age(backend)).toBeLessThan(before + 1)
  })

  test('has an age from the start of a backend that never saw it saved', async () => {
    const { counter } = await startWithUnsavedVisit()
    const startedAt = performance.now()
    const backend = await startBackend({ counter, ...noPostgres })
    const seconds = await age(backend)
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThan((performance.now() - startedAt) / 1000)
  })
})

describeWithRedis('visits_total', () => {
  test('has both sources before the first visit of each', async () => {
    const backend = await startBackend()
    await backend.visit().expect(201)
    expect(await scrape(backend, 'visits_total{source="redis"}')).toBe(1)
    expect(await scrape(backend, 'visits_total{source="postgres"}')).toBe(0)
  })
})

test('without Redis, nobody knows what is unsaved', async () => {
  const backend = await startBackend(noRedis)
  expect(await scrape(backend, 'visits_unsaved')).toBeNaN()
  expect(await age(backend)).toBeNaN()
})
