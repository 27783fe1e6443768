import express, { type Express, type RequestHandler } from 'express'
import type { Logger } from 'pino'
import type { Metrics } from './metrics.ts'
import { notFound, sendProblem } from './problem.ts'
import { logRequests } from './request-log.ts'

/** An API of these routes. It logs and times each request, answers each error as a problem, and nothing is cached. */
export function createApi(
  { log, metrics }: { log: Logger; metrics: Metrics },
  ...routes: RequestHandler[]
): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('trust proxy', 1) // one proxy in front, which says who its client is
  app.disable('etag') // no answer is kept, so none is asked for again
  app.use(logRequests(log), metrics.timeRequests, forbidCaching)
  app.use(...routes)
  app.use(notFound, sendProblem)
  return app
}

const forbidCaching: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store')
  next()
}
