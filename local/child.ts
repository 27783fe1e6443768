import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SUPERVISOR = fileURLToPath(new URL('supervisor.mjs', import.meta.url))
const STOP_LIMIT_MS = 10_000

interface Options {
  cwd: string
  env?: NodeJS.ProcessEnv
  /** Gets each line that the command prints; without it they go to the terminal. */
  onLine?: (line: string) => void
}

/** A running command: `exited` is its exit code to be. */
export type Child = ReturnType<typeof startChild>

/** Starts a command that doesn't outlive this process, however this process ends. */
export function startChild(command: string, args: string[], { cwd, env, onLine }: Options) {
  const child = spawn(process.execPath, [SUPERVISOR, command, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', onLine ? 'pipe' : 'inherit', 'inherit', 'ipc'],
    // A process group of its own: Ctrl-C goes to the whole group of the terminal, and Redis would be gone
    // before the backend has saved its last visits.
    detached: true,
    windowsHide: true,
  })
  if (onLine && child.stdout) createInterface({ input: child.stdout }).on('line', onLine)
  const exited = once(child, 'close').then(([code]) => (code ?? 1) as number)
  return {
    exited,
    /** Asks the command to end and waits until it has; one that takes too long is killed. */
    async stop() {
      if (child.connected) child.send('stop', () => {}) // fails if it has ended meanwhile, which is fine
      const limit = setTimeout(() => child.disconnect(), STOP_LIMIT_MS)
      await exited
      clearTimeout(limit)
    },
  }
}
