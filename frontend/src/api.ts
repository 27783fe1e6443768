const timeoutMs = 5000

export type Visit = { count: number; source: 'redis' | 'postgres'; servedByHost: string }
export type Data = { message: string; timestamp: string; servedByHost: string }

/** Why a request has no answer, in a sentence for the visitor. */
export class ApiError extends Error {}

/** Counts this visit and returns the new count. */
export function recordVisit(): Promise<Visit> {
  return request('POST', '/api/visits')
}

/** Fetches the message behind the page's button. */
export function fetchData(): Promise<Data> {
  return request('GET', '/api/data')
}

/** Sends a request and returns the JSON of its answer. The timeout includes reading the body. */
async function request<Answer>(method: string, path: string): Promise<Answer> {
  try {
    const response = await fetch(path, { method, signal: AbortSignal.timeout(timeoutMs) })
    if (!response.ok) throw new ApiError(await describeProblem(response))
    return await response.json()
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError(describeFailure(error))
  }
}

/** Reads the problem+json (RFC 9457) of an error; a proxy on the way may have answered something else. */
async function describeProblem(response: Response): Promise<string> {
  const problem = await response.json().catch(() => null)
  return problem?.detail ?? problem?.title ?? `The server answered with status ${response.status}.`
}

/** Says why there is no answer at all, or none that can be read. */
function describeFailure(error: unknown): string {
  const name = error instanceof Error ? error.name : ''
  if (name === 'TimeoutError') return `The server did not answer within ${timeoutMs / 1000} seconds.`
  if (name === 'SyntaxError') return 'The server’s answer could not be read.'
  return 'The server could not be reached.'
}
