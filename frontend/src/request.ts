const TIMEOUT_MS = 5000
/** How often a request is sent, at most, while the answer is 503: long enough for a backend to restart. */
const ATTEMPTS = 5

/** The server answered with an error, did not answer in time, or could not be reached. */
type Failure = 'answered' | 'timeout' | 'unreachable'

/** Why a request failed; its message is a sentence for the visitor. */
export class ApiError extends Error {
  readonly failure: Failure
  /** The status of the answer; 0 without one. */
  readonly status: number
  readonly retryAfterMs: number

  constructor(message: string, failure: Failure, status = 0, retryAfterMs = 1000) {
    super(message)
    this.failure = failure
    this.status = status
    this.retryAfterMs = retryAfterMs
  }

  /** Whether the server says that it did nothing: 503, and errors of the client. After all others, it is unknown. */
  get changedNothing(): boolean {
    return this.status === 503 || (this.status >= 400 && this.status < 500)
  }
}

interface Options {
  /** Sent as JSON. */
  body?: unknown
  /** Until the answer's last byte. */
  timeoutMs?: number
}

/** Sends a request and returns the JSON of its answer; rejects with an ApiError. */
export async function request<Answer>(
  method: string,
  url: string,
  { body, timeoutMs = TIMEOUT_MS }: Options = {},
): Promise<Answer> {
  try {
    const response = await fetch(url, { method, signal: AbortSignal.timeout(timeoutMs), ...asJson(body) })
    if (!response.ok) throw await errorOf(response)
    return await response.json()
  } catch (error) {
    throw error instanceof ApiError ? error : describeFailure(error, timeoutMs)
  }
}

function asJson(body: unknown): RequestInit {
  if (body === undefined) return {}
  return { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
}

/** Sends again what was answered with 503, which says that nothing was done. */
export async function repeatUnavailable<Answer>(
  send: () => Promise<Answer>,
  attempts = ATTEMPTS,
): Promise<Answer> {
  try {
    return await send()
  } catch (error) {
    const { status, retryAfterMs } = error as ApiError
    if (status !== 503 || attempts === 1) throw error
    await new Promise((resolve) => setTimeout(resolve, retryAfterMs))
    return repeatUnavailable(send, attempts - 1)
  }
}

/** Reads the problem+json (RFC 9457) of an error; a proxy in between may have answered something else. */
async function errorOf(response: Response): Promise<ApiError> {
  const problem = await response.json().catch(() => null)
  const message = problem?.detail ?? problem?.title ?? `The server answered with status ${response.status}.`
  const retryAfterMs = Number(response.headers.get('Retry-After') ?? 1) * 1000
  return new ApiError(message, 'answered', response.status, retryAfterMs)
}

function describeFailure(error: unknown, timeoutMs: number): ApiError {
  const name = error instanceof Error ? error.name : ''
  if (name === 'TimeoutError') {
    return new ApiError(`The server did not answer within ${timeoutMs / 1000} seconds.`, 'timeout')
  }
  if (name === 'SyntaxError') return new ApiError('The server’s answer could not be read.', 'answered')
  return new ApiError('The server could not be reached.', 'unreachable')
}
