import type { RequestHandler } from 'express'
import { unavailable } from './problem.ts'

/**
 * Refuses requests while this replica shuts down, before anything is done for them: the proxy may repeat even a POST
 * on another replica, and leaves this one out.
 */
export function refuseWhile(isDraining: () => boolean): RequestHandler {
  return (_request, _response, next) => {
    if (isDraining()) throw unavailable('This backend is shutting down.')
    next()
  }
}
