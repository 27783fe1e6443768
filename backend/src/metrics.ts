import type { RequestHandler } from 'express'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

/** What Prometheus scrapes from this backend. */
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

  const visits = new Counter({
    name: 'visits_total',
    help: 'Visits that this backend counted, by the store that counted them',
    labelNames: ['source'],
    registers,
  })

  return {
    registry,
    timeRequests,
    visits,
    /** The values of `visits_total`. */
    async countedVisits(): Promise<{ redis: number; postgres: number }> {
      const { values } = await visits.get()
      const of = (source: string) => values.find(({ labels }) => labels.source === source)?.value ?? 0
      return { redis: of('redis'), postgres: of('postgres') }
    },
    inDoubt: new Counter({
      name: 'visits_in_doubt_total',
      help: 'Visits counted in Postgres that Redis may have counted, too: it had them and did not answer in time',
      registers,
    }),
    saveFailures: new Counter({
      name: 'visit_save_failures_total',
      help: 'Attempts to hand visits over from Redis to Postgres that failed and are repeated',
      registers,
    }),
    /** A gauge that asks for its value at every scrape; NaN when there is no answer. */
    gauge(name: string, help: string, read: () => number | Promise<number>) {
      return new Gauge({
        name,
        help,
        registers,
        async collect() {
          this.set(await Promise.resolve(read()).catch(() => Number.NaN))
        },
      })
    },
  }
}
