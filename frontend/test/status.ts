import type { Replica, Status, Store, TimedVisit, Visit } from '../src/api.ts'

type Stores = Partial<Record<Store, 'up' | 'down'>>
type Counted = Partial<Record<Store, number>>

/** A replica that reaches both stores, unless told otherwise. */
export function replica(host: string, stores: Stores = {}, counted: Counted = {}): Replica {
  return { host, redis: 'up', postgres: 'up', ...stores, counted: { redis: 0, postgres: 0, ...counted } }
}

/** A status of a system in which these replicas run. */
export function status(replicas: Replica[], visits: Partial<Status['visits']> = {}): Status {
  return {
    uptimeSeconds: 60,
    redis: { latencyMs: 0.4 },
    postgres: { latencyMs: 1.2 },
    visits: { count: 42, unsaved: 0, ...visits },
    replicas,
  }
}

/** An answer to a visit. */
export function visit(count: number, source: Store = 'redis', servedByHost = 'a'): Visit {
  return { count, source, servedByHost }
}

/** An answer to a visit, and how long it took. */
export function timedVisit(count: number, servedByHost = 'a', ms = 12): TimedVisit {
  return { ...visit(count, 'redis', servedByHost), ms }
}
