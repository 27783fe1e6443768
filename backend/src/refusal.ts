import type { RequestHandler } from 'express'
import { Problem } from './problem.ts'

/**
 * Refuses requests while this replica shuts down, before anything is done for them. 502 and `Draining` tell the
 * proxy that it may repeat even a POST on another replica, and to leave this one out.
 */
export function refuseWhile(isDraining: () => boolean): RequestHandler {
  return (_request, _response, next) => {
    if (isDraining())
      throw new Problem(502, 'This backend is shutting down.', { Draining: '1', 'Retry-After': '1' })
    next()
  }
}
