import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { pinoHttp } from 'pino-http'

/**
 * Logs each request once, with the id that the answer carries in X-Request-Id; but not what machines ask all the time:
 * health checks, replicas, and open pages.
 */
export function logRequests(logger: Logger) {
  return pinoHttp({
    logger,
    autoLogging: { ignore: ({ url }) => /^\/(health|replica|status)/.test(url ?? '') },
    genReqId(request, response) {
      const id = knownId(request.headers['x-request-id']) ?? randomUUID()
      response.setHeader('X-Request-Id', id)
      return id
    },
    customLogLevel: (_request, { statusCode }) => (statusCode >= 400 ? 'warn' : 'info'),
    customSuccessMessage: describe,
    customErrorMessage: (request, response) => describe(request, response),
    // Without the error that pino-http makes up for every 5xx: sendProblem logs those that nobody expected.
    customErrorObject: (_request, _response, _error, { err: _made, ...line }) => line,
    serializers: {
      req: ({ id, method, url, raw }) => ({ id, method, url, client: raw.ip }),
      res: ({ statusCode }) => ({ statusCode }),
    },
  })
}

function describe({ method, url }: IncomingMessage, { statusCode }: ServerResponse, ms?: number): string {
  return `${method} ${url} ${statusCode}${ms === undefined ? '' : ` in ${ms} ms`}`
}

/** nginx sends its own id; anything that is not plainly an id is not repeated in headers and logs. */
function knownId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w-]{8,64}$/.test(header) ? header : undefined
}
