import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const RUN_REDIS = fileURLToPath(new URL('run-redis.mjs', import.meta.url))
// For some kinds of machines, npm has a Redis.
const FROM_NPM = `../node_modules/@falkordblite/${process.platform}-${process.arch}/bin/redis-server`
const COMMANDS = ['redis-server', 'valkey-server', fileURLToPath(new URL(FROM_NPM, import.meta.url))]
// Without the preamble, any version of Redis or Valkey reads the file, also an older one.
const SETTINGS =
  '--bind 127.0.0.1 --maxmemory-policy noeviction --appendfsync always --aof-use-rdb-preamble no'

interface Options {
  port: number
  /** Without it, Redis keeps its data in memory. */
  dataDir?: string
  /** Called with the reason when there is no Redis, or when it ends and nobody has stopped it. */
  onEnd: (reason: string) => void
}

/** The Redis to run: one on the PATH, else the one from npm, else none. */
export const findRedis = () => COMMANDS.find((command) => spawnSync(command, ['--version']).status === 0)

/** Redis in a process of its own. */
export function createRedis({ port, dataDir, onEnd }: Options) {
  const folder = dataDir ? join(dataDir, 'redis') : tmpdir()
  const options = [
    ...SETTINGS.split(' '),
    '--port',
    `${port}`,
    '--appendonly',
    dataDir ? 'yes' : 'no',
    '--save',
    '',
  ]
  let running: ChildProcess | undefined
  return {
    url: `redis://127.0.0.1:${port}`,
    isRunning: () => running !== undefined,
    start() {
      const command = findRedis()
      if (!command) return onEnd('no redis-server or valkey-server on the PATH')
      mkdirSync(folder, { recursive: true })
      const child = spawn(process.execPath, [RUN_REDIS, command, ...options], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'ignore', 'ipc'], // never the terminal: Node resets its mode when it ends
        detached: true, // Ctrl-C goes to the terminal's process group, and the backend still needs Redis
        windowsHide: true,
      })
      let output = ''
      child.stdout?.on('data', (data) => {
        output = `${data}`
      })
      child.once('close', (code) => {
        if (running !== child) return
        running = undefined
        const lastLine = output.trimEnd().split('\n').at(-1)
        onEnd(code === 1 && dataDir ? `${lastLine} (remove ${folder} if it is damaged)` : 'it has ended')
      })
      running = child
    },
    async stop() {
      const child = running
      running = undefined
      if (!child?.connected) return
      child.disconnect()
      await once(child, 'exit')
    },
  }
}
