import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Child, startChild } from './child.ts'

const BACKEND = fileURLToPath(new URL('../backend', import.meta.url))
const FRONTEND = fileURLToPath(new URL('../frontend', import.meta.url))
const READY_LIMIT_MS = 30_000

type Stores = Record<'postgres' | 'redis', { url: string }>

/** Starts the API as production does, except that tsx lets an older Node run its TypeScript. */
export function startBackend(
  port: number,
  { postgres, redis }: Stores,
  onLine: (line: string) => void,
): Child {
  return startChild(process.execPath, ['--import', import.meta.resolve('tsx'), 'src/main.ts'], {
    cwd: BACKEND,
    onLine,
    env: {
      PORT: `${port}`,
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      LOG_LEVEL: process.env.LOG_LEVEL || 'warn',
    },
  })
}

/** Starts Vite, which serves the page and passes /api/ on to the backend. */
export function startFrontend(port: number, api: string): Child {
  const vite = dirname(createRequire(join(FRONTEND, 'package.json')).resolve('vite/package.json'))
  // --host: on IPv4 and IPv6, since a browser may take localhost for either.
  const args = ['--port', `${port}`, '--strictPort', '--host', '--logLevel', 'error']
  return startChild(process.execPath, [join(vite, 'bin', 'vite.js'), ...args], {
    cwd: FRONTEND,
    env: { API_URL: api },
  })
}

/** Waits until `url` answers with success; fails if the process behind it ends, or after half a minute. */
export async function untilReady(name: string, url: string, child: Child): Promise<void> {
  let ended = false
  child.exited.then(() => {
    ended = true
  })
  for (const limit = Date.now() + READY_LIMIT_MS; Date.now() < limit; await delay(50)) {
    if (ended) throw new Error(`${name} ended while it started`)
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => undefined)
    if (response?.ok) return
  }
  throw new Error(`${name} is not ready after ${READY_LIMIT_MS / 1000} s (${url})`)
}
