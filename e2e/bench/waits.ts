import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../../local/ports.ts'
import { eventually, visit } from '../client.ts'
import { compose, copyRepository, docker, PROD, startStack } from '../compose.ts'

// Of the project, and of its images.
const NAME = 'waits'
const LIMIT_MS = 120_000
const EVERY_MS = 20
// Before a backend restarts, it waits for 250 ms without a request, which the page, with one a second, leaves it.
const SELDOM_MS = 300

/** What people wait for, each with its seconds, in a fresh copy of the repository. */
export async function waits(): Promise<[name: string, seconds: number][]> {
  const directory = await copyRepository()
  const production = { directory, environment: { IMAGE_PREFIX: NAME } }
  const development = { directory, environment: { COMPOSE_PROJECT_NAME: NAME } }
  const file = (path: string) => join(directory, path)
  const build = (...options: string[]) => compose([...PROD, 'build', '--quiet', ...options], production)
  const measured: [string, number][] = []
  async function measure<T>(name: string, action: () => Promise<T>): Promise<T> {
    const startedAt = performance.now()
    const result = await action()
    measured.push([name, (performance.now() - startedAt) / 1_000])
    return result
  }
  try {
    await measure('`npm ci`', () => promisify(execFile)('npm', ['ci'], { cwd: directory }))
    await measure('`npm test`', () => promisify(execFile)('npm', ['test'], { cwd: directory }))
    await measure('`npm start`, until it counts', () => startWithoutDocker(directory))
    await measure('first build of production’s images', () => build('--no-cache'))
    // Changes that no build has seen, or it would find the result of the last time.
    const now = Date.now()
    await appendFile(file('backend/src/main.ts'), `// ${now}\n`)
    await measure('build after a changed source file', () => build())
    await replace(file('backend/package.json'), '"1.0.0"', `"1.0.${now}"`)
    await measure('build after a changed `package.json`', () => build())
    await docker('image', 'rm', `${NAME}-backend:test`, `${NAME}-nginx:test`)

    await compose(['build', '--quiet'], development)
    const first = () => startStack([], [], development)
    const { url, compose: run, remove } = await measure('development: first `up --wait`', first)
    try {
      const up = () => run('up', '--detach', '--wait')
      await measure('`up --wait` when all of it runs', up)
      await measure('an edit of `backend/src`, until the API answers with it', async () => {
        await replace(file('backend/src/routes/data.ts'), 'message: ', 'edited: 1, message: ')
        await shows(`${url}/api/data`, '"edited"', SELDOM_MS)
      })
      await measure('an edit of `frontend/src`, until the page has it', async () => {
        await appendFile(file('frontend/src/theme.css'), '.edited { margin: 0 }\n')
        await shows(`${url}/src/theme.css?direct`, '.edited')
      })
      await measure('`down`', () => run('down'))
      await measure('`up --wait` after it', up)
    } finally {
      await remove()
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
  return measured
}

/** Runs `npm start` until it has counted a visit. */
async function startWithoutDocker(cwd: string): Promise<void> {
  const port = await freePort()
  const env = { ...process.env, HTTP_PORT: String(port) }
  const child = spawn('npm', ['start'], { cwd, env, stdio: 'ignore', detached: true })
  try {
    await eventually(() => visit({ url: `http://localhost:${port}` }), LIMIT_MS, EVERY_MS)
  } finally {
    process.kill(-(child.pid as number), 'SIGINT')
    await once(child, 'close')
  }
}

async function replace(file: string, from: string, to: string): Promise<void> {
  await writeFile(file, (await readFile(file, 'utf8')).replace(from, to))
}

/** Waits until what an address answers contains a text. */
async function shows(address: string, text: string, everyMs = EVERY_MS): Promise<void> {
  const check = async () => {
    const answer = await (await fetch(address)).text()
    if (!answer.includes(text)) throw new Error(`${address} does not have ${text} yet.`)
  }
  await eventually(check, LIMIT_MS, everyMs)
}
