import { Router } from 'express'
import { allowOnly, unavailable } from '../lib/problem.ts'
import type { Services } from '../services.ts'

type Connections = Pick<Services['connections'], 'breakers' | 'ping' | 'states'>

/**
 * `GET /health/live`: the process serves. `GET /health/ready`: one store is enough to serve visitors; 503 tells
 * a load balancer to send them elsewhere.
 */
export function healthRoutes(connections: Connections, isDraining: () => boolean): Router {
  let hasBeenReady = false
  return Router()
    .get('/health/live', (_request, response) => {
      response.json({ status: 'ok' })
    })
    .all('/health/live', allowOnly('GET, HEAD'))
    .get('/health/ready', async (_request, response) => {
      if (isDraining()) throw unavailable('This backend is shutting down.')
      await connections.ping() // notices an outage before a visitor does
      const { redis, postgres } = connections.states()
      if (redis === 'down' && postgres === 'down') throw unavailable('Neither Redis nor Postgres answers.')
      // A mistake is no outage, and has to show at the start. Later, this replica goes on with the store that it has.
      for (const [name, { misconfigured }] of Object.entries(connections.breakers)) {
        if (misconfigured && !hasBeenReady)
          throw unavailable(`The configuration of ${name} is wrong: see the log.`)
      }
      hasBeenReady = true
      response.json({ status: redis === postgres ? 'ok' : 'degraded', redis, postgres })
    })
    .all('/health/ready', allowOnly('GET, HEAD'))
}
