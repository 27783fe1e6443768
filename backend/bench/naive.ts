// For `npm run bench`: the counter of many tutorials. GET, then SET, then an UPDATE for each visit.
import { hostname } from 'node:os'
import express from 'express'
import pg from 'pg'
import { pino } from 'pino'
import { createClient } from 'redis'
import { readConfig } from '../src/config.ts'
import { listen } from '../src/lib/http-server.ts'
import { logRequests } from '../src/lib/request-log.ts'

const config = readConfig(process.env)
const redis = createClient({ url: config.redisUrl })
const pool = new pg.Pool({ connectionString: config.databaseUrl })
await redis.connect()
await pool.query('create table visit_counts (id text primary key, count bigint not null)')
await pool.query("insert into visit_counts values ('page_visits', 0)")

const app = express()
app.use(logRequests(pino()), express.json())
app.get('/health/ready', (_request, response) => {
  response.json({ status: 'ok' })
})
app.post('/visits', async (_request, response) => {
  const count = Number(await redis.get('visits')) + 1
  await redis.set('visits', count)
  await pool.query("update visit_counts set count = $1 where id = 'page_visits'", [count])
  response.status(201).json({ count, source: 'redis', servedByHost: hostname() })
})
await listen(app, 3000)
process.on('SIGTERM', () => process.exit(0))
