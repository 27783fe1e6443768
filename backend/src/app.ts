import express, { type Express, type RequestHandler } from 'express'
import { notFound, sendProblem, unavailable } from './lib/problem.ts'
import { logRequests } from './lib/request-log.ts'
import { dataRoutes } from './routes/data.ts'
import { healthRoutes } from './routes/health.ts'
import { metricsRoutes } from './routes/metrics.ts'
import { statusRoutes } from './routes/status.ts'
import { visitRoutes } from './routes/visits.ts'
import type { Services } from './services.ts'

/** The API. It knows nothing of the `/api` prefix: the proxy strips it. */
export function createApp(services: Services, isDraining: () => boolean): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('trust proxy', 1) // one proxy in front, which says who its client is
  app.disable('etag') // a count is never the same twice
  app.use(logRequests(services.log), services.metrics.timeRequests, forbidCaching)
  app.use(healthRoutes(services, isDraining), metricsRoutes(services.metrics))
  app.use(refuseWhile(isDraining))
  app.use(express.json({ limit: '10kb' }))
  app.use(visitRoutes(services), dataRoutes(), statusRoutes(services))
  app.use(notFound, sendProblem)
  return app
}

const forbidCaching: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store')
  next()
}

/** Refuses requests while this replica shuts down, before anything is done for them, so that the proxy may repeat them. */
function refuseWhile(isDraining: () => boolean): RequestHandler {
  return (_request, _response, next) => {
    if (isDraining()) throw unavailable('This backend is shutting down.')
    next()
  }
}
