import type { Status, Store, UpOrDown } from './api.ts'
import type { Outage } from './poll.ts'

/** How long a backend that is gone stays on the map. */
const KEEP_GONE_MS = 30_000

export type ComponentState = 'up' | 'degraded' | 'down' | 'unknown'

export interface Backend {
  host: string
  state: ComponentState
  /** Visits that it counted since its start. */
  counted: number
  seenAt: number
}

export interface StoreComponent {
  state: ComponentState
  latencyMs: number | null
}

/** The state of every component, and the number of unsaved visits: null when it is unknown. */
export interface System {
  nginx: ComponentState
  backends: Backend[]
  redis: StoreComponent
  postgres: StoreComponent
  unsaved: number | null
}

const UNKNOWN: StoreComponent = { state: 'unknown', latencyMs: null }

/** The system before the first status. */
export const UNKNOWN_SYSTEM: System = {
  nginx: 'unknown',
  backends: [],
  redis: UNKNOWN,
  postgres: UNKNOWN,
  unsaved: null,
}

/** The system after a status: a backend that is no longer in it is down. */
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

/** The system when no status came: the state of what is behind the failing component is unknown. */
export function afterOutage({ backends }: System, outage: Outage, now: number): System {
  if (outage === 'no-backend') return { ...UNKNOWN_SYSTEM, nginx: 'up', backends: down(backends, now) }
  return {
    ...UNKNOWN_SYSTEM,
    nginx: outage === 'unreachable' ? 'down' : 'unknown',
    backends: backends.map((backend) => ({ ...backend, state: 'unknown' })),
  }
}

/** Whether all backends reach a store (up), none does (down), or only some (degraded). */
export function storeState({ replicas }: Pick<Status, 'replicas'>, store: Store): ComponentState {
  const states = new Set<UpOrDown>(replicas.map((replica) => replica[store]))
  if (states.size > 1) return 'degraded'
  return [...states][0] ?? 'unknown'
}

function down(backends: Backend[], now: number): Backend[] {
  return backends
    .filter(({ seenAt }) => now - seenAt < KEEP_GONE_MS)
    .map((backend) => ({ ...backend, state: 'down' }))
}
