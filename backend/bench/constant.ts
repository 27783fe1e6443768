// For `npm run bench`: the same app, but its counter answers a constant.
import { pino } from 'pino'
import { createApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { listen } from '../src/lib/http-server.ts'
import { startServices } from '../src/services.ts'

const config = readConfig(process.env)
const services = await startServices(config, pino(), () => process.exit(1))
services.counter.visit = async () => ({ count: 42, source: 'redis' })
await listen(
  createApp(services, () => false),
  config.port,
)
process.on('SIGTERM', () => process.exit(0))
