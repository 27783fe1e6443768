import { createApp } from './app.ts'
import { ConfigError, readConfig } from './config.ts'
import { listen } from './lib/http-server.ts'
import { createLog } from './lib/log.ts'
import { startServices } from './services.ts'
import { shutDown } from './shutdown.ts'

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
// Before the services start: without a listener, SIGTERM ends the process with an exit code that looks like a crash.
const stopRequested = new Promise<NodeJS.Signals>((resolve) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, resolve)
})

const services = await startServices(config, log, (error) => fail(error.message))
const server = await listen(
  createApp(services, () => draining),
  config.port,
).catch((error: Error) => fail(`Cannot listen on port ${config.port} (PORT): ${error.message}`))
log.info('serving') // without the port, which is another one outside of a container

const signal = await stopRequested
draining = true
log.info(`${signal}: draining`)
await shutDown(server, services.stop)
log.info('stopped')
process.exit(0)
