const timeoutMs = 5000
/** Shorter, since the map must show within 2 s what happened. */
const statusTimeoutMs = 1500

export type Store = 'redis' | 'postgres'
export type UpOrDown = 'up' | 'down'
export type Visit = { count: number; source: Store; servedByHost: string }
export type Data = { message: string; timestamp: string; servedByHost: string }

/** A running backend, what it sees of the stores, and the visits that it counted since its start. */
export type Replica = {
  host: string
  redis: UpOrDown
  postgres: UpOrDown
  counted: Record<Store, number>
}

/** The whole system, as the backend that answered sees it. What it does not know is null. */
export type Status = {
  redis: { latencyMs: number | null }
  postgres: { latencyMs: number | null }
  visits: { count: number | null; unsaved: number | null }
  replicas: Replica[]
}

/** An error that was answered, no answer in time, or nobody there to answer. */
export type Failure = 'answered' | 'timeout' | 'unreachable'

/** Why a request has no answer, in a sentence for the visitor. */
export class ApiError extends Error {
  readonly failure: Failure

  constructor(message: string, failure: Failure = 'answered') {
    super(message)
    this.failure = failure
  }
}

/** Counts this visit and returns the new count. */
export function recordVisit(): Promise<Visit> {
  return request('POST', '/api/visits')
}

/** Fetches the message behind the page's button. */
export function fetchData(): Promise<Data> {
  return request('GET', '/api/data')
}

/** Asks a backend how the whole system is. */
export function fetchStatus(): Promise<Status> {
  return request('GET', '/api/status', statusTimeoutMs)
}

/** Sends a request and returns the JSON of its answer. The timeout includes reading the body. */
async function request<Answer>(method: string, path: string, limitMs = timeoutMs): Promise<Answer> {
  try {
    const response = await fetch(path, { method, signal: AbortSignal.timeout(limitMs) })
    if (!response.ok) throw new ApiError(await describeProblem(response))
    return await response.json()
  } catch (error) {
    throw error instanceof ApiError ? error : describeFailure(error, limitMs)
  }
}

/** Reads the problem+json (RFC 9457) of an error; a proxy on the way may have answered something else. */
async function describeProblem(response: Response): Promise<string> {
  const problem = await response.json().catch(() => null)
  return problem?.detail ?? problem?.title ?? `The server answered with status ${response.status}.`
}

/** Says why there is no answer at all, or none that can be read. */
function describeFailure(error: unknown, limitMs: number): ApiError {
  const name = error instanceof Error ? error.name : ''
  if (name === 'TimeoutError') {
    return new ApiError(`The server did not answer within ${limitMs / 1000} seconds.`, 'timeout')
  }
  if (name === 'SyntaxError') return new ApiError('The server’s answer could not be read.')
  return new ApiError('The server could not be reached.', 'unreachable')
}
