// For `npm run bench`: the same route with the same frame around it, answering a constant.
import { hostname } from 'node:os'
import express from 'express'
import { pino } from 'pino'
import { listen } from '../src/http-server.ts'
import { logRequests } from '../src/request-log.ts'

const app = express()
app.use(logRequests(pino()), express.json())
app.get('/health/ready', (_request, response) => {
  response.json({ status: 'ok' })
})
app.all('/visits', (_request, response) => {
  response.status(201).json({ count: 42, source: 'redis', servedByHost: hostname() })
})
await listen(app, 3000)
process.on('SIGTERM', () => process.exit(0))
