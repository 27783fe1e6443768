import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startBackend, startFrontend, untilReady } from './apps.ts'
import { printHeld, printLine, printTable } from './output.ts'
import { checkPort, freePort, readHttpPort } from './ports.ts'
import { openPostgres, openRedis, withoutRedis } from './stores.ts'

const DATA_DIR = resolve(process.env.LOCAL_DATA_DIR || fileURLToPath(new URL('../.local', import.meta.url)))

type App = Awaited<ReturnType<typeof start>>
let app: App | undefined
let stopping = false

/** Starts everything at the same time, as far as one part doesn't need the address of another. */
async function start(httpPort: number) {
  const page = `http://localhost:${httpPort}`
  const backendPort = await freePort()
  const api = `http://127.0.0.1:${backendPort}`
  const frontend = startFrontend(httpPort, api)
  const [postgres, redis] = await Promise.all([
    openPostgres(join(DATA_DIR, 'postgres')),
    openRedis(join(DATA_DIR, 'redis')).catch(withoutRedis),
  ])
  const backend = startBackend(backendPort, { postgres, redis }, printLine)
  await Promise.all([
    untilReady('The backend', `${api}/health/ready`, backend),
    untilReady('Vite', page, frontend),
  ])
  return { page, api, frontend, backend, postgres, redis }
}

/** Stops each part before the ones that it needs: the backend saves its last visits on the way. */
async function stop(exitCode: number): Promise<void> {
  if (stopping) return
  stopping = true
  await Promise.all([app?.frontend.stop(), app?.backend.stop()])
  await app?.redis.stop()
  await app?.postgres.stop()
  process.exit(exitCode)
}

/** Reports a part that ends by itself; the app goes on without Redis, but not without the others. */
function watch({ redis, backend, frontend }: App): void {
  redis.exited?.then(() => stopping || console.error('Redis has ended. Postgres counts the visits now.'))
  for (const [name, child] of Object.entries({ backend, frontend })) {
    child.exited.then((code) => {
      if (!stopping) console.error(`The ${name} has ended with exit code ${code}. Stopping the rest.`)
      stop(1)
    })
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0))
// npm can be killed without a chance to tell us: then this process gets another parent.
const parent = process.ppid
setInterval(() => process.ppid === parent || stop(0), 500).unref()

try {
  const httpPort = readHttpPort(process.env.HTTP_PORT)
  await checkPort(httpPort)
  app = await start(httpPort)
  watch(app)
  printTable(app)
  printHeld()
} catch (error) {
  printHeld()
  console.error((error as Error).message)
  process.exit(1)
}
