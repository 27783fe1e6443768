import { Router } from 'express'
import { allowOnly } from '../problem.ts'
import type { Services } from '../services.ts'
import { readStatus } from '../status.ts'

/** `GET /status`: how this backend sees the whole; `GET /replica`: how it is itself, for the other replicas. */
export function statusRoutes(services: Services): Router {
  return Router()
    .get('/status', async (_request, response) => {
      response.json(await readStatus(services))
    })
    .all('/status', allowOnly('GET, HEAD'))
    .get('/replica', async (_request, response) => {
      response.json(await services.readReplica())
    })
    .all('/replica', allowOnly('GET, HEAD'))
}
