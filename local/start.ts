import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createBackend } from './backend.ts'
import { lockFolder } from './lock.ts'
import { startPage } from './page.ts'
import { freePort } from './ports.ts'
import { createPostgres } from './postgres.ts'
import { createRedis } from './redis.ts'

const DATA_DIR = resolve(process.env.LOCAL_DATA_DIR || fileURLToPath(new URL('../.local', import.meta.url)))
// From the script in package.json: npm can be killed without a chance to tell this process.
const NPM_PID = process.platform === 'win32' ? 0 : Number(process.argv[3])
const NPM_CHECK_MS = 500

const redis = createRedis({
  port: await freePort(),
  dataDir: DATA_DIR,
  onEnd: (reason) => opened.then(() => console.error(`Redis is down: ${reason}. Postgres counts.`)),
})
const postgres = createPostgres({ port: await freePort(), dataDir: DATA_DIR })
const backend = createBackend({
  port: await freePort(),
  env: { DATABASE_URL: postgres.url, REDIS_URL: redis.url },
  onEnd: () => {
    console.error('The backend has ended.')
    process.exit(1)
  },
})
let stopping = false

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
if (NPM_PID) setInterval(stopWithNpm, NPM_CHECK_MS)

const opened = start()
await opened.catch((error: Error) => {
  console.error(error.message)
  process.exit(1)
})

/** Starts everything, and says what to open. */
async function start(): Promise<void> {
  const httpPort = Number(process.env.HTTP_PORT || 8080)
  if (!(httpPort > 0 && httpPort < 65_536)) throw new Error('HTTP_PORT must be a number from 1 to 65535.')
  await lockFolder(DATA_DIR)
  redis.start()
  await postgres.start()
  const backendStarted = backend.start()
  await startPage(httpPort, backend.url)
  await backendStarted
  console.log(`Open http://localhost:${httpPort}\n`)
  console.log(`Backend   ${backend.url}\nRedis     ${redis.url}\nPostgres  ${postgres.url}\n`)
}

/** Ends this process, and with it Redis and Vite, when the backend has saved its last visits. */
async function stop() {
  if (stopping) return
  stopping = true
  await backend.stop()
  await postgres.stop()
  process.exit()
}

function stopWithNpm() {
  try {
    process.kill(NPM_PID, 0)
  } catch {
    stop()
  }
}
