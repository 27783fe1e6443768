import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, vi } from 'vitest'
import { freePort } from '../ports.ts'

const START = fileURLToPath(new URL('../start.ts', import.meta.url))

interface Settings {
  dataDir: string
  httpPort?: number
  env?: NodeJS.ProcessEnv
}

/** Does what `npm start` does; the test ends it if it is still running. */
export async function npmStart({ dataDir, httpPort, env }: Settings) {
  const port = httpPort ?? (await freePort())
  const child = spawn(process.execPath, ['--import', 'tsx', START], {
    env: {
      ...process.env,
      DATABASE_URL: '',
      REDIS_URL: '',
      HTTP_PORT: `${port}`,
      LOCAL_DATA_DIR: dataDir,
      ...env,
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data
    })
  }
  const exitCode = once(child, 'close').then(([code]) => code as number | null)
  const addressOf = (part: string) => new URL(output.match(new RegExp(`^${part} +(\\S+)`, 'm'))?.[1] ?? '')

  onTestFinished(async () => {
    child.kill('SIGTERM')
    await exitCode
  })
  return {
    port,
    exitCode,
    addressOf,
    output: () => output,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** Waits until it says what to open; fails if it ends instead. */
    async ready() {
      const ended = exitCode.then((code) => Promise.reject(new Error(`ended with ${code}: ${output}`)))
      await Promise.race([ended, until(() => expect(output).toContain('Ctrl-C'))])
    },
    async visit(method = 'POST') {
      const response = await fetch(`http://localhost:${port}/api/visits`, { method })
      return (await response.json()) as { count: number; source: string }
    },
    /** Waits until nothing answers at any address that it had. */
    async isGone() {
      const ports = ['Page', 'Backend', 'Redis', 'Postgres'].map((part) => Number(addressOf(part).port))
      await until(async () => expect(await Promise.all(ports.map(isListening))).not.toContain(true), 3000)
    },
  }
}

/** Waits until `check` doesn't throw any more. */
export async function until(check: () => unknown, timeout = 60_000): Promise<void> {
  await vi.waitFor(check, { timeout, interval: 50 })
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const listening = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return listening
}
