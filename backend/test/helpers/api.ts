import type { RequestHandler } from 'express'
import supertest from 'supertest'
import { createApi } from '../../src/lib/api.ts'
import { createMetrics } from '../../src/lib/metrics.ts'
import { newLog } from './log.ts'

/** An API of these routes only, which needs no stores. */
export function newApi(...routes: RequestHandler[]) {
  const { log, logged } = newLog()
  const metrics = createMetrics()
  const app = createApi({ log, metrics }, ...routes)
  return { app, api: supertest.agent(app), logged, metrics }
}
