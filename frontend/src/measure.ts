/** How long after an answer to wait for the browser's measurement of it, at most. */
const WAIT_MS = 200

const waiting = new Map<string, (ms: number) => void>()

new PerformanceObserver((list) => {
  for (const entry of list.getEntries() as PerformanceResourceTiming[]) {
    waiting.get(entry.name)?.(entry.responseEnd - entry.requestStart)
  }
}).observe({ type: 'resource' })

/**
 * Sends a request and returns its answer with what the server took, in milliseconds: without the time that the request
 * waited in the browser for a connection. The URL must not be used twice.
 */
export async function measure<T>(url: string, send: () => Promise<T>): Promise<[T, number]> {
  const { href } = new URL(url, location.href)
  const startedAt = performance.now()
  const measured = new Promise<number>((resolve) => waiting.set(href, resolve))
  try {
    const answer = await send()
    const whole = performance.now() - startedAt
    const timeout = new Promise<number>((resolve) => setTimeout(resolve, WAIT_MS, whole))
    return [answer, await Promise.race([measured, timeout])]
  } finally {
    waiting.delete(href)
  }
}
