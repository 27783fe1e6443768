import { Router } from 'express'
import { checkStores } from '../check.ts'
import { allowOnly, unavailable } from '../problem.ts'
import type { Services } from '../services.ts'

/**
 * `GET /health/live`: the process serves. `GET /health/ready`: it can count visits, for which one store is
 * enough; 503 tells a load balancer to send visitors elsewhere.
 */
export function healthRoutes({ stores }: Services, isDraining: () => boolean): Router {
  return Router()
    .get('/health/live', (_request, response) => {
      response.json({ status: 'ok' })
    })
    .all('/health/live', allowOnly('GET, HEAD'))
    .get('/health/ready', async (_request, response) => {
      if (isDraining()) throw unavailable('This backend is shutting down.')
      const { redis, postgres } = await checkStores(stores)
      const states = [redis.state, postgres.state]
      if (!states.includes('up')) throw unavailable('Neither Redis nor Postgres answers.')
      const status = states.includes('down') ? 'degraded' : 'ok'
      response.json({ status, redis: redis.state, postgres: postgres.state })
    })
    .all('/health/ready', allowOnly('GET, HEAD'))
}
