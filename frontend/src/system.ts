import type { Status, Store, UpOrDown } from './api.ts'
import type { Outage } from './poll.ts'

/** How long a backend that is gone stays on the map. */
const keepGoneMs = 30_000

export type PartState = 'up' | 'degraded' | 'down' | 'unknown'
export type Backend = { host: string; state: PartState; counted: number; seenAt: number }
export type StorePart = { state: PartState; latencyMs: number | null }

/** Every part of the system, and the visits that wait to be saved (null: nobody knows). */
export type System = {
  nginx: PartState
  backends: Backend[]
  redis: StorePart
  postgres: StorePart
  unsaved: number | null
}

const unknown: StorePart = { state: 'unknown', latencyMs: null }

/** The system before anything was heard of it. */
export const unknownSystem: System = {
  nginx: 'unknown',
  backends: [],
  redis: unknown,
  postgres: unknown,
  unsaved: null,
}

/** The system after a status: whoever was there and is not any more is down. */
export function afterStatus(system: System, status: Status, now: number): System {
  const answering = status.replicas.map(
    ({ host, redis, postgres, counted }): Backend => ({
      host,
      state: redis === 'up' && postgres === 'up' ? 'up' : 'degraded',
      counted: counted.redis + counted.postgres,
      seenAt: now,
    }),
  )
  const hosts = new Set(answering.map(({ host }) => host))
  const gone = system.backends.filter(({ host }) => !hosts.has(host))
  return {
    nginx: 'up',
    backends: [...answering, ...down(gone, now)].sort((a, b) => a.host.localeCompare(b.host)),
    redis: { state: storeState(status, 'redis'), latencyMs: status.redis.latencyMs },
    postgres: { state: storeState(status, 'postgres'), latencyMs: status.postgres.latencyMs },
    unsaved: status.visits.unsaved,
  }
}

/** The system when no status came: nobody can tell what is behind the part that does not answer. */
export function afterOutage({ backends }: System, outage: Outage, now: number): System {
  if (outage === 'no-backend') return { ...unknownSystem, nginx: 'up', backends: down(backends, now) }
  return {
    ...unknownSystem,
    nginx: outage === 'unreachable' ? 'down' : 'unknown',
    backends: backends.map((backend) => ({ ...backend, state: 'unknown' })),
  }
}

/** Whether all backends reach a store, none does, or only some. */
export function storeState({ replicas }: Pick<Status, 'replicas'>, store: Store): PartState {
  const states = new Set<UpOrDown>(replicas.map((replica) => replica[store]))
  if (states.size > 1) return 'degraded'
  return [...states][0] ?? 'unknown'
}

function down(backends: Backend[], now: number): Backend[] {
  return backends
    .filter(({ seenAt }) => now - seenAt < keepGoneMs)
    .map((backend) => ({ ...backend, state: 'down' }))
}
