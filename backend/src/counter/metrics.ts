import { Counter } from 'prom-client'
import type { Metrics } from '../lib/metrics.ts'
import type { GuardedCounter } from './guarded-counter.ts'

/** What this backend counts of its own work. */
export function createVisitMetrics({ registry }: Metrics) {
  const registers = [registry]
  const visits = new Counter({
    name: 'visits_total',
    help: 'Visits that this backend counted, by the store that counted them',
    labelNames: ['source'],
    registers,
  })
  // From 0 on: Prometheus does not see the first increase of a series that begins with it.
  for (const source of ['redis', 'postgres']) visits.inc({ source }, 0)

  return {
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
  }
}

/** What is in Redis and not in Postgres yet. */
export function measureUnsaved({ gauge }: Metrics, counter: GuardedCounter): void {
  const startedAt = new Date()
  gauge(
    'visits_unsaved',
    'Visits in Redis that Postgres does not have yet',
    async () => (await counter.status()).unsaved ?? Number.NaN,
  )
  gauge(
    'visits_unsaved_age_seconds',
    'The time since this backend last saw Redis and Postgres agree, or since it started; 0 while nothing is unsaved',
    async () => {
      const { unsaved, savedAt } = await counter.status()
      return ((unsaved ?? Number.NaN) && Date.now() - Number(savedAt ?? startedAt)) / 1000
    },
  )
}
