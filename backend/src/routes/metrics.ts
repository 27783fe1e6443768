import { Router } from 'express'
import type { Metrics } from '../lib/metrics.ts'
import { allowOnly } from '../lib/problem.ts'

/** `GET /metrics` for Prometheus. The proxy does not pass it on to the public. */
export function metricsRoutes({ registry }: Metrics): Router {
  return Router()
    .get('/metrics', async (_request, response) => {
      response.type(registry.contentType).send(await registry.metrics())
    })
    .all('/metrics', allowOnly('GET, HEAD'))
}
