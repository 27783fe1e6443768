const TIMEOUT_MS = 5000
/** Shorter, since the map must show an outage within two seconds. */
const STATUS_TIMEOUT_MS = 1500

export type Store = 'redis' | 'postgres'
export type UpOrDown = 'up' | 'down'

export interface Visit {
  count: number
  source: Store
  servedByHost: string
}

/** A visit and how long it took, in milliseconds. */
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
  redis: { latencyMs: number | null }
  postgres: { latencyMs: number | null }
  visits: { count: number | null; unsaved: number | null }
  replicas: Replica[]
}

/** The server answered with an error, did not answer in time, or could not be reached. */
export type Failure = 'answered' | 'timeout' | 'unreachable'

/** Why a request failed; its message is a sentence for the visitor. */
export class ApiError extends Error {
  readonly failure: Failure
  /** Whether the server says that it did nothing: 503, and errors of the client. After all others, nobody knows. */
  readonly changedNothing: boolean

  constructor(message: string, failure: Failure, status = 0) {
    super(message)
    this.failure = failure
    this.changedNothing = status === 503 || (status >= 400 && status < 500)
  }
}

/** Counts this visit and measures it. Rejects with an ApiError, as the others do. */
export async function recordVisit(): Promise<TimedVisit> {
  const startedAt = performance.now()
  const visit = await request<Visit>('POST', '/api/visits')
  return { ...visit, ms: performance.now() - startedAt }
}

/** Fetches the message behind the page's button. */
export function fetchData(): Promise<Data> {
  return request('GET', '/api/data')
}

/** Fetches the state of the whole system. */
export function fetchStatus(): Promise<Status> {
  return request('GET', '/api/status', STATUS_TIMEOUT_MS)
}

/** Sends a request and returns the JSON of its answer. The timeout includes reading the body. */
async function request<Answer>(method: string, path: string, timeoutMs = TIMEOUT_MS): Promise<Answer> {
  try {
    const response = await fetch(path, { method, signal: AbortSignal.timeout(timeoutMs) })
    if (!response.ok) throw new ApiError(await describeProblem(response), 'answered', response.status)
    return await response.json()
  } catch (error) {
    throw error instanceof ApiError ? error : describeFailure(error, timeoutMs)
  }
}

/** Reads the problem+json (RFC 9457) of an error; a proxy in between may have answered something else. */
async function describeProblem(response: Response): Promise<string> {
  const problem = await response.json().catch(() => null)
  return problem?.detail ?? problem?.title ?? `The server answered with status ${response.status}.`
}

function describeFailure(error: unknown, timeoutMs: number): ApiError {
  const name = error instanceof Error ? error.name : ''
  if (name === 'TimeoutError') {
    return new ApiError(`The server did not answer within ${timeoutMs / 1000} seconds.`, 'timeout')
  }
  if (name === 'SyntaxError') return new ApiError('The server’s answer could not be read.', 'answered')
  return new ApiError('The server could not be reached.', 'unreachable')
}
