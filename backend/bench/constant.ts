// For `npm run bench`: the same app, but its counter answers a constant.
import { pino } from 'pino'
import { createApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { listen } from '../src/http-server.ts'
import { startServices } from '../src/services.ts'

const config = readConfig(process.env)
const services = await startServices(config, pino())
const visits = async () => ({ count: 42, source: 'redis' as const })
const app = createApp({ ...services, counter: { visit: visits, current: visits } }, () => false)
await listen(app, config.port)
process.on('SIGTERM', () => process.exit(0))
