import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { onTestFinished, vi } from 'vitest'
import { keepAliveClient } from './client.ts'
import { expectDocumented } from './openapi.ts'
import { databaseUrl, redisUrl } from './stores.ts'

export const EXIT_LIMIT_MS = 8_000
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** What Node needs to run TypeScript: nothing since 22.18, before that tsx; null when there is neither. */
export const typescriptOptions = ((): string[] | null => {
  if (process.features.typescript) return []
  try {
    const fromRoot = createRequire(new URL('../../../package.json', import.meta.url))
    return ['--import', pathToFileURL(fromRoot.resolve('tsx')).href]
  } catch {
    console.warn(
      'Node runs no TypeScript, and tsx is not installed in the root: the process tests are skipped.',
    )
    return null
  }
})()

/** `src/main.ts`, or that of a copy, as a process of its own; killed when the test ends. */
export function startMain(env: NodeJS.ProcessEnv, main = MAIN) {
  const child = spawn(process.execPath, [...(typescriptOptions ?? []), main], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      NODE_NO_WARNINGS: '1',
      ...env,
    },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (output += bytes))
  const exitCode = once(child, 'close').then(([code]) => code as number | null)
  return {
    exitCode,
    /** Everything that it wrote so far. */
    get output() {
      return output
    },
    terminate: () => child.kill('SIGTERM'),
    wrote: (message: string) => vi.waitUntil(() => output.includes(message), { timeout: 50_000 }),
  }
}

/** The process, ready to serve, and what makes clients of it. */
export async function startServing() {
  const port = await freePort()
  const main = startMain({ PORT: String(port) })
  await main.wrote('serving')
  return { main, client: () => keepAliveClient(port, expectDocumented) }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
