import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Child, startChild } from './child.ts'
import { lockFolder } from './lock.ts'
import { freePort } from './ports.ts'

/** The Redis to run: one on the PATH, else the one from npm, else none. */
export function findRedis(path = process.env.PATH, fromNpm = redisFromNpm()): string | undefined {
  const runs = (command: string) =>
    spawnSync(command, ['--version'], { env: { ...process.env, PATH: path }, timeout: 5000 }).status === 0
  return ['redis-server', 'valkey-server', fromNpm].find((command) => command && runs(command))
}

/** Where npm put a Redis; it has one for this kind of machine only if it's an optional dependency of ours. */
function redisFromNpm(): string | undefined {
  try {
    const { resolve } = createRequire(import.meta.url)
    const manifest = resolve(`@falkordblite/${process.platform}-${process.arch}/package.json`)
    return join(dirname(manifest), 'bin', 'redis-server')
  } catch {
    return undefined
  }
}

/**
 * Starts the Redis at `command` on a free port. With `dataDir` it logs every change there (append-only file);
 * without, it keeps nothing.
 */
export async function startRedis({ command, dataDir }: { command: string; dataDir?: string }) {
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'visit-counter-redis-')))
  const unlock = await lockFolder(folder)
  const port = await freePort()
  const settings = {
    bind: '127.0.0.1',
    port: `${port}`,
    appendonly: dataDir ? 'yes' : 'no',
    // Plain commands: any version of Redis or Valkey reads them, also an older one that is found next time.
    'aof-use-rdb-preamble': 'no',
    save: '',
    'maxmemory-policy': 'noeviction',
  }
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
  const child = await run(command, args, folder).catch((error) => {
    unlock()
    throw error
  })
  child.exited.then(unlock)
  return {
    url: `redis://127.0.0.1:${port}`,
    exited: child.exited,
    async stop() {
      await child.stop()
      if (!dataDir) await rm(folder, { recursive: true })
    },
  }
}

/** Resolves when Redis has read its data; if it ends instead, its last line says why. */
function run(command: string, args: string[], cwd: string): Promise<Child> {
  return new Promise((resolve, reject) => {
    let last = ''
    const onLine = (line: string) => {
      last = line
      if (/ready to accept connections/i.test(line)) resolve(child)
    }
    const child = startChild(command, args, { cwd, onLine })
    child.exited.then(() => reject(new Error(`Redis did not start: ${last}`)))
  })
}
