import type { RequestHandler } from 'express'
import type { Pool } from 'pg'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import packageJson from '../package.json' with { type: 'json' }

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
    response.on('finish', () => {
      // A stream lasts as long as somebody listens, which says nothing about how fast answers are.
      if (response.get('Content-Type')?.startsWith('text/event-stream')) return
      stop({ route: request.route?.path ?? 'none', status: response.statusCode })
    })
    next()
  }

  const visits = new Counter({
    name: 'visits_total',
    help: 'Visits that this backend counted, by the store that counted them',
    labelNames: ['source'],
    registers,
  })
  // From 0 on: Prometheus does not see the first increase of a series that begins with it.
  for (const source of ['redis', 'postgres']) visits.inc({ source }, 0)

  new Gauge({
    name: 'build_info',
    help: 'Always 1: which version of this backend runs, and on which Node',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version: packageJson.version, node: process.version }, 1)

  /** A gauge that asks for its value at every scrape; NaN when there is no answer. */
  function gauge(name: string, help: string, read: () => number | Promise<number>): void {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(await Promise.resolve(read()).catch(() => Number.NaN))
      },
    })
  }

  return {
    registry,
    gauge,
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
    /** How many of the pool's connections are in use, and how many queries wait for one. */
    watchPool(pool: Pool): void {
      new Gauge({
        name: 'postgres_pool_connections',
        help: 'Connections to Postgres: busy with a query or connecting, or idle',
        labelNames: ['state'],
        registers,
        collect() {
          this.set({ state: 'busy' }, pool.totalCount - pool.idleCount)
          this.set({ state: 'idle' }, pool.idleCount)
        },
      })
      gauge(
        'postgres_pool_waiting',
        'Queries that wait for a connection to Postgres',
        () => pool.waitingCount,
      )
    },
  }
}
