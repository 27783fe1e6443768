import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('../backend', import.meta.url))
const PRELOAD = ['tsx', './exit-with-parent.mjs'].map((module) => `--import=${import.meta.resolve(module)}`)

interface Options {
  port: number
  env: NodeJS.ProcessEnv
  /** Called when it ends and nobody has stopped it. */
  onEnd: () => void
}

/** The API as in production, but with tsx, so that an older Node runs its TypeScript. */
export function createBackend({ port, env, onEnd }: Options) {
  const url = `http://127.0.0.1:${port}`
  let running: ChildProcess | undefined
  return {
    url,
    /** Resolves when it can count; false if it has ended instead. Until then its log waits for the first line. */
    async start(): Promise<boolean> {
      const child = spawn(process.execPath, [...PRELOAD, 'src/main.ts'], {
        cwd: FOLDER,
        env: { LOG_LEVEL: 'warn', ...process.env, PORT: `${port}`, ...env },
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
      child.stdout?.pipe(process.stdout)
      return running === child
    },
    /** Resolves when it has answered its requests and saved its visits. */
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
