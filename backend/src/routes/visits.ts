import { hostname } from 'node:os'
import { Router } from 'express'
import { allowOnly } from '../lib/problem.ts'
import type { Services } from '../services.ts'

/** `POST /visits` counts a visit, `GET /visits` only reads the count. */
export function visitRoutes({ counter, visitMetrics }: Services): Router {
  return Router()
    .post('/visits', async (_request, response) => {
      const visits = await counter.visit()
      visitMetrics.visits.inc({ source: visits.source })
      response.status(201).json({ ...visits, servedByHost: hostname() })
    })
    .get('/visits', async (_request, response) => {
      response.json({ ...(await counter.current()), servedByHost: hostname() })
    })
    .all('/visits', allowOnly('GET, HEAD, POST'))
}
