import { Router } from 'express'
import { allowOnly } from '../lib/problem.ts'
import { shareFor } from '../lib/share.ts'
import { readReplica } from '../replicas.ts'
import type { Services } from '../services.ts'
import { readStatus } from '../status.ts'

const SHARE_MS = 500

/**
 * `GET /status`: how this backend sees the whole; `GET /replica`: how it is itself, for the other replicas. Every open
 * page asks once a second, so requests of the same half second share one reading of the stores and the replicas.
 */
export function statusRoutes(services: Services): Router {
  const readSharedStatus = shareFor(SHARE_MS, () => readStatus(services))
  return Router()
    .get('/status', async (_request, response) => {
      response.json(await readSharedStatus())
    })
    .all('/status', allowOnly('GET, HEAD'))
    .get('/replica', async (_request, response) => {
      response.json(await readReplica(services))
    })
    .all('/replica', allowOnly('GET, HEAD'))
}
