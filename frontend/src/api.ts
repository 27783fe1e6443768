import { measure } from './measure.ts'
import { repeatUnavailable, request } from './request.ts'

/** Shorter than for others, since the map must show an outage within two seconds. */
const STATUS_TIMEOUT_MS = 1500

let visitsSent = 0

export type Store = 'redis' | 'postgres'
export type UpOrDown = 'up' | 'down'

export interface Visit {
  count: number
  source: Store
  servedByHost: string
}

/** A visit and what the server took for it, in milliseconds. */
export interface TimedVisit extends Visit {
  ms: number
}

export interface Data {
  message: string
  timestamp: string
  servedByHost: string
}

/** A running backend, the stores that it reaches, and the visits that it counted since its start. */
export interface Replica {
  host: string
  redis: UpOrDown
  postgres: UpOrDown
  counted: Record<Store, number>
}

/** The whole system, as the backend that answered sees it; null is unknown. */
export interface Status {
  uptimeSeconds: number
  redis: { latencyMs: number | null }
  postgres: { latencyMs: number | null }
  visits: { count: number | null; unsaved: number | null }
  replicas: Replica[]
}

/** Counts this visit and measures it; rejects with an ApiError, as the others do. */
export function recordVisit(): Promise<TimedVisit> {
  return repeatUnavailable(async () => {
    // The fragment is not sent: it tells this visit from the others in the browser's measurements.
    const url = `/api/visits#${++visitsSent}`
    const [visit, ms] = await measure(url, () => request<Visit>('POST', url))
    return { ...visit, ms }
  })
}

/** Fetches the message behind the page's button. */
export function fetchData(): Promise<Data> {
  return repeatUnavailable(() => request('GET', '/api/data'))
}

/** Fetches the state of the whole system. */
export function fetchStatus(): Promise<Status> {
  return request('GET', '/api/status', { timeoutMs: STATUS_TIMEOUT_MS })
}
