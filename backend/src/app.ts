import express, { type Express, type RequestHandler } from 'express'
import { createApi } from './lib/api.ts'
import { unavailable } from './lib/problem.ts'
import { dataRoutes } from './routes/data.ts'
import { healthRoutes } from './routes/health.ts'
import { metricsRoutes } from './routes/metrics.ts'
import { statusRoutes } from './routes/status.ts'
import { visitRoutes } from './routes/visits.ts'
import type { Services } from './services.ts'

/** The API. It knows nothing of the `/api` prefix: the proxy strips it. */
export function createApp(services: Services, isDraining: () => boolean): Express {
  return createApi(
    services,
    healthRoutes(services.connections, isDraining),
    metricsRoutes(services.metrics),
    refuseWhile(isDraining),
    express.json({ limit: '10kb' }),
    visitRoutes(services),
    dataRoutes(),
    statusRoutes(services),
  )
}

/** Refuses requests while this replica shuts down, before anything is done for them, so that the proxy may repeat them. */
function refuseWhile(isDraining: () => boolean): RequestHandler {
  return (_request, _response, next) => {
    if (isDraining()) throw unavailable('This backend is shutting down.')
    next()
  }
}
