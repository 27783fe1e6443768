import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createBackend } from './backend.ts'
import { readEnvFile } from './env-file.ts'
import { lockFolder } from './lock.ts'
import { startPage } from './page.ts'
import { freePort } from './ports.ts'
import { createPostgres } from './postgres.ts'
import { createRedis } from './redis.ts'

const DATA_DIR = resolve(process.env.LOCAL_DATA_DIR || fileURLToPath(new URL('../.local', import.meta.url)))
const SOURCES = fileURLToPath(new URL('../backend/src', import.meta.url))
const SAVE_ALL_MS = 100 // an editor may save several files
// From the script in package.json: npm can be killed without a chance to tell this process.
const NPM_PID = process.platform === 'win32' ? 0 : Number(process.argv[3])
const NPM_CHECK_MS = 500
const KEYS =
  'r  stop or start Redis\np  stop or start Postgres\nb  restart the backend\nh  list the keys\nq  quit'

const redis = createRedis({
  port: await freePort(),
  dataDir: DATA_DIR,
  onEnd: (reason) =>
    opened.then(() => console.error(`Redis is down: ${reason}. The backend goes on with Postgres.`)),
})
const postgres = createPostgres({ port: await freePort(), dataDir: DATA_DIR })
const backend = createBackend({
  port: await freePort(),
  env: { DATABASE_URL: postgres.url, REDIS_URL: redis.url },
  onEnd: () => console.error('The backend has ended. It starts again when a file in backend/src is saved.'),
})
const restart = oneAtATime(async () => {
  await backend.stop()
  const log = await backend.start()
  if (log) console.log('Backend restarted.')
  log?.pipe(process.stdout)
})
const keys: Record<string, () => void> = {
  r: oneAtATime(() => toggle('Redis', redis)),
  p: oneAtATime(() => toggle('Postgres', postgres)),
  b: restart,
  q: stop,
  '\x03': stop, // Ctrl-C is a key like the others while single keys are read
  h: () => console.log(KEYS),
}
let opened: Promise<void>
let stopping = false
let saved: NodeJS.Timeout

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
if (NPM_PID) setInterval(stopWithNpm, NPM_CHECK_MS)

/** What `npm start` does. */
export async function main(): Promise<void> {
  opened = start()
  await opened.catch((error: Error) => {
    console.error(error.message)
    process.exit(1)
  })
  if (!process.stdin.isTTY) return
  process.stdin.setRawMode(true).on('data', (typed) => {
    for (const key of `${typed}`) keys[key]?.()
  })
  console.log(KEYS)
}

/** Starts everything, and says what to open. */
async function start(): Promise<void> {
  readEnvFile()
  const httpPort = Number(process.env.HTTP_PORT || 8080)
  if (!(httpPort > 0 && httpPort < 65_536)) throw new Error('HTTP_PORT must be a number from 1 to 65535.')
  await lockFolder(DATA_DIR)
  redis.start()
  await postgres.start()
  const backendStarted = backend.start()
  const { watcher } = await startPage(httpPort, backend.url)
  watcher.add(SOURCES).on('all', restartWhenSaved)
  const log = await backendStarted
  console.log(`Open http://localhost:${httpPort}\n`)
  console.log(`Backend   ${backend.url}\nRedis     ${redis.url}\nPostgres  ${postgres.url}\n`)
  log?.pipe(process.stdout) // only now: the first line says what to open
}

function restartWhenSaved(_event: string, file: string) {
  if (!file.startsWith(SOURCES)) return
  clearTimeout(saved)
  saved = setTimeout(restart, SAVE_ALL_MS)
}

/** Ends this process, and with it Redis and Vite, when the backend has stopped. */
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

async function toggle(name: string, store: typeof redis | typeof postgres) {
  await (store.isRunning() ? store.stop() : store.start())
  console.log(`${name} ${store.isRunning() ? 'started' : 'stopped'}.`)
}

/** The same action, but each run waits for the one before. */
function oneAtATime(action: () => Promise<void>): () => void {
  let last = Promise.resolve()
  return () => {
    last = last.then(action).catch((error: Error) => console.error(error.message))
  }
}
