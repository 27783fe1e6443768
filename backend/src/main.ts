import { createApp } from './app.ts'
import { ConfigError, readConfig } from './config.ts'
import { delay } from './lib/delay.ts'
import { drain, listen } from './lib/http-server.ts'
import { createLog } from './lib/log.ts'
import { startServices } from './services.ts'

const DRAIN_LIMIT_MS = 4_000
const STOP_LIMIT_MS = 3_000

/** Ends the process with one line that says what to change. */
function fail(message: string): never {
  console.error(message)
  process.exit(1)
}

function configure() {
  try {
    return readConfig(process.env)
  } catch (error) {
    if (error instanceof ConfigError) fail(`Wrong configuration: ${error.message}`)
    throw error
  }
}

const config = configure()
const log = createLog(config.logLevel, process.env.NODE_ENV === 'development')
let draining = false
// From the first moment on: without a listener, SIGTERM would end the process with an exit code that looks like a crash.
const stopRequested = new Promise<NodeJS.Signals>((resolve) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, resolve)
})

const services = await startServices(config, log, (error) => fail(error.message))
const server = await listen(
  createApp(services, () => draining),
  config.port,
).catch((error: Error) => fail(`Cannot listen on port ${config.port} (PORT): ${error.message}`))
log.info('serving') // without the port, which is another one outside of a container

// Then finish the requests in flight, save the visits that Postgres does not have yet, and end the process.
const signal = await stopRequested
draining = true
log.info(`${signal}: draining`)
await drain(server, DRAIN_LIMIT_MS)
await Promise.race([services.stop(), delay(STOP_LIMIT_MS)])
log.info('stopped')
process.exit(0)
