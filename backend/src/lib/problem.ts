import { STATUS_CODES } from 'node:http'
import type { ErrorRequestHandler, RequestHandler, Response } from 'express'

/** An error that the client may see, as RFC 9457 problem details. */
export class Problem extends Error {
  readonly status: number
  readonly headers: Record<string, string>

  constructor(status: number, detail: string, headers: Record<string, string> = {}) {
    super(detail)
    this.status = status
    this.headers = headers
  }
}

/** 503: nothing was done, so the request is safe to repeat, a second later. */
export const unavailable = (detail: string) => new Problem(503, detail, { 'Retry-After': '1' })

export const notFound: RequestHandler = (request) => {
  throw new Problem(404, `There is no ${request.path} here.`)
}

/** Answers 405 for a known path; goes last on its route. */
export function allowOnly(methods: string): RequestHandler {
  return (request) => {
    throw new Problem(405, `${request.method} is not allowed here.`, { Allow: methods })
  }
}

/** Answers every error as a problem; what went wrong inside the server stays inside. */
export const sendProblem: ErrorRequestHandler = (error, request, response, next) => {
  if (response.headersSent) return next(error)
  if (error instanceof Problem) return send(response, error)
  // Express and its body parser mark the client's mistakes with a 4xx status.
  if (error.status >= 400 && error.status < 500)
    return send(response, new Problem(error.status, error.message))
  request.log.error(error)
  send(response, new Problem(500, 'Something went wrong on the server.'))
}

function send(response: Response, { status, message, headers }: Problem): void {
  response
    .status(status)
    .set(headers)
    .type('application/problem+json')
    .send(JSON.stringify({ title: STATUS_CODES[status], status, detail: message }))
}
