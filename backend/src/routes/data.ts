import { hostname } from 'node:os'
import { Router } from 'express'
import { allowOnly } from '../lib/problem.ts'

/** `GET /data`: what the page's button shows. Change the message and save: the API reloads in development. */
export function dataRoutes(): Router {
  return Router()
    .get('/data', (_request, response) => {
      response.json({
        message: 'Hello from the backend!',
        timestamp: new Date().toISOString(),
        servedByHost: hostname(),
      })
    })
    .all('/data', allowOnly('GET, HEAD'))
}
