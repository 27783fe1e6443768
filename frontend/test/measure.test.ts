import { beforeEach, expect, test, vi } from 'vitest'

/** Stands in for the browser's observer, which happy-dom does not have: a test plays the browser. */
let report: (entries: { name: string; requestStart: number; responseEnd: number }[]) => void
let measure: typeof import('../src/measure.ts').measure

beforeEach(async () => {
  vi.stubGlobal(
    'PerformanceObserver',
    class {
      constructor(callback: (list: { getEntries: () => unknown }) => void) {
        report = (entries) => callback({ getEntries: () => entries })
      }
      observe() {}
    },
  )
  vi.resetModules()
  measure = (await import('../src/measure.ts')).measure
})

const entry = (url: string, requestStart: number, responseEnd: number) => ({
  name: new URL(url, location.href).href,
  requestStart,
  responseEnd,
})

test('takes the time of its own request, from its start at the server to the end of its answer', async () => {
  const measured = measure('/visits#1', async () => 'answer')
  report([entry('/visits#2', 100, 150), entry('/visits#1', 700, 712)])
  expect(await measured).toEqual(['answer', 12])
})

test('also when the measurement comes before the answer is read', async () => {
  const send = async () => report([entry('/visits#1', 700, 712)])
  expect(await measure('/visits#1', send)).toEqual([undefined, 12])
})

test('without a measurement, takes the time until the answer', async () => {
  const [, ms] = await measure('/visits#1', () => new Promise((resolve) => setTimeout(resolve, 30)))
  expect(ms).toBeGreaterThan(25)
  expect(ms).toBeLessThan(200)
})
