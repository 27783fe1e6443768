import type { RequestHandler } from 'express'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

/** A registry with Node's own metrics and the time that requests take. */
export function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requestSeconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2],
    registers,
  })

  const timeRequests: RequestHandler = (request, response, next) => {
    const stop = requestSeconds.startTimer({ method: request.method })
    // The route, not the path: a label with unbounded values would grow without end.
    response.on('finish', () => stop({ route: request.route?.path ?? 'none', status: response.statusCode }))
    next()
  }

  return {
    registry,
    timeRequests,
    /** Adds a gauge that asks for its value at every scrape; NaN when there is no answer. */
    gauge(name: string, help: string, read: () => number | Promise<number>): void {
      new Gauge({
        name,
        help,
        registers,
        async collect() {
          this.set(
            await Promise.resolve()
              .then(read)
              .catch(() => Number.NaN),
          )
        },
      })
    },
  }
}
