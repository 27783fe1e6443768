import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, vi } from 'vitest'
import { freePort } from '../ports.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
// In a real terminal where `script` can make one; elsewhere Node takes the pipe of the test for one.
const hasScript = spawnSync('script', ['--version']).status === 0
export const inTerminal: Settings = hasScript
  ? { command: ['script', '--quiet', '--return', '--command', 'npm start', '/dev/null'] }
  : { preload: 'data:text/javascript,Object.assign(process.stdin,{isTTY:true,setRawMode(){return this}})' }

interface Settings {
  dataDir?: string
  root?: string
  env?: NodeJS.ProcessEnv
  preload?: string
  command?: string[]
}

/** A new folder for one test, removed after it. Windows frees the files of an ended process a bit later. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'npm-start-'))
  onTestFinished(() => rm(folder, { recursive: true, maxRetries: 10 }))
  return folder
}

/** A copy of the repository for one test, which may change its files. */
export async function copyOfApp(): Promise<string> {
  const root = await temporaryFolder()
  const leftOut = /node_modules|\.git$|\.env$|\.local$/
  await cp(ROOT, root, { recursive: true, filter: (path) => !leftOut.test(path) })
  await linkModules(root)
  return root
}

/** Gives a copy of the repository the packages that are installed here. */
export async function linkModules(root: string): Promise<void> {
  for (const modules of ['node_modules', 'backend/node_modules', 'frontend/node_modules']) {
    await symlink(join(ROOT, modules), join(root, modules), 'junction')
  }
}

/** Waits until `check` doesn't throw any more. */
export async function until(check: () => unknown): Promise<void> {
  await vi.waitFor(check, { timeout: 60_000, interval: 50 })
}

async function run({ dataDir, root = ROOT, env, preload = 'data:text/javascript,', command }: Settings) {
  const port = await freePort()
  const [program = '', ...args] = command ?? [
    process.execPath,
    '--import',
    preload,
    'local/run.mjs',
    'start.ts',
  ]
  const LOCAL_DATA_DIR = dataDir ?? (await temporaryFolder())
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, HTTP_PORT: `${port}`, LOCAL_DATA_DIR, ...env },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text
    })
  }
  const exitCode = once(child, 'close').then(([code]) => code as number | null)
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await exitCode
  })
  return { port, child, exitCode, output: () => output }
}

/** What a start that fails prints. */
export async function failedStart(settings: Settings): Promise<string> {
  const { exitCode, output } = await run(settings)
  expect(await exitCode).toBe(1)
  return output()
}

/** Does what `npm start` does, and waits until it can count; the test ends it if it is still running. */
export async function npmStart(settings: Settings = {}) {
  const { port, child, exitCode, output } = await run(settings)
  const prints = (text: string) => until(() => expect(output()).toContain(text))
  const portOf = (name: string) => Number(output().match(new RegExp(`^${name} .*:(\\d+)`, 'm'))?.[1])
  const api = (path: string, method = 'GET') => fetch(`http://localhost:${port}/api${path}`, { method })
  await Promise.race([prints('Postgres'), exitCode.then(() => Promise.reject(new Error(output())))])
  return {
    port,
    exitCode,
    output,
    prints,
    portOf,
    api,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    type: (keys: string) => child.stdin.write(keys),
    visit: async () => (await api('/visits', 'POST')).json(),
    /** Waits until the backend says this of its readiness. */
    becomes: (ready: object) =>
      until(async () => expect(await (await api('/health/ready')).json()).toEqual(ready)),
    /** Waits until nothing listens at any address that it had. */
    async isGone() {
      for (const at of [port, ...['Backend', 'Redis', 'Postgres'].map(portOf)]) {
        const answer = () => fetch(`http://127.0.0.1:${at}`, { signal: AbortSignal.timeout(1000) })
        await until(() => expect(answer()).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } }))
      }
    },
  }
}
