import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('../backend', import.meta.url))
const PRELOAD = ['tsx', './backend-preload.mjs'].map((module) => `--import=${import.meta.resolve(module)}`)
// It logs into a pipe, which would be reason enough for no colors.
const colors = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}

interface Options {
  port: number
  env: NodeJS.ProcessEnv
  /** Called when it ends and nobody has stopped it. */
  onEnd: () => void
}

/** The API, with tsx: an older Node does not run TypeScript. */
export function createBackend({ port, env, onEnd }: Options) {
  const url = `http://127.0.0.1:${port}`
  let running: ChildProcess | undefined
  return {
    url,
    /** Resolves with its log when it can count, or with null if it has ended instead. */
    async start(): Promise<Readable | null> {
      const child = spawn(process.execPath, [...PRELOAD, 'src/main.ts'], {
        cwd: FOLDER,
        env: { NODE_ENV: 'development', ...colors, ...process.env, PORT: `${port}`, ...env },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'], // never the terminal: Node resets its mode when it ends
        detached: true, // Ctrl-C goes to the terminal's process group, and the backend is told in stop()
        windowsHide: true,
      })
      running = child
      child.stderr?.pipe(process.stderr)
      child.once('exit', () => {
        if (running !== child) return
        running = undefined
        onEnd()
      })
      while (running === child && !(await isReady(url))) await delay(50)
      return running === child ? child.stdout : null
    },
    /** Resolves when it has answered its requests and saved what they left. */
    async stop() {
      const child = running
      running = undefined
      if (child?.kill()) await once(child, 'exit')
    },
  }
}

async function isReady(url: string): Promise<boolean> {
  const headers = { Connection: 'close' } // the backend waits for open connections when it stops
  const response = await fetch(`${url}/health/ready`, { headers }).catch(() => undefined)
  return response?.ok ?? false
}
