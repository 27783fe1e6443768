import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../local/ports.ts'
import { eventually, visit } from './client.ts'
import { compose, copyRepository, DEV, PROD, removeProject } from './compose.ts'

const START_LIMIT_MS = 120_000

let directory: string
let environment: Record<string, string>
let app: { url: string }

// A fresh clone with the names of a user's projects, images and volumes, but for what keeps them apart from those of
// this machine: the ports, the folder's name and the beginning of production's.
beforeAll(async () => {
  directory = await copyRepository()
  const port = await freePort()
  app = { url: `http://localhost:${port}` }
  environment = {
    HTTP_PORT: String(port),
    POSTGRES_PORT: String(await freePort()),
    DEBUG_PORT: String(await freePort()),
    TAG: 'test',
  }
  const file = join(directory, 'compose.prod.yaml')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace(/^name: visit-counter/m, `name: visit-counter-test-${port}`))
})

afterAll(async () => {
  for (const files of [DEV, PROD]) await removeProject(files, { directory, environment })
  await rm(directory, { recursive: true, force: true })
})

/** A command that README has, word for word. */
async function fromReadme(command: string): Promise<string> {
  expect(await readFile(join(directory, 'README.md'), 'utf8')).toContain(command)
  return command
}

async function run(command: string): Promise<void> {
  await promisify(execFile)('sh', ['-c', await fromReadme(command)], {
    cwd: directory,
    env: { ...process.env, ...environment },
  })
}

/** Runs a command, and presses Ctrl-C when the action has ended. */
async function runUntil(command: string, action: () => Promise<unknown>): Promise<void> {
  const child = spawn('sh', ['-c', `exec ${await fromReadme(command)}`], {
    cwd: directory,
    env: { ...process.env, ...environment },
    stdio: 'ignore',
    detached: true, // a process group of its own, as in a terminal
  })
  const exit = once(child, 'exit')
  await action().finally(() => process.kill(-(child.pid as number), 'SIGINT'))
  await exit
}

test('development: a visit is counted', async () => {
  await runUntil('docker compose up', () => eventually(() => visit(app), START_LIMIT_MS))
  await run('docker compose down')
}, 180_000)

test('production, on the same machine: a visit reaches Postgres', async () => {
  await run('npm run secrets')
  await run('docker compose -f compose.yaml -f compose.prod.yaml up -d --build --wait')
  expect(await visit(app)).toMatchObject({ count: 1, source: 'redis' })
  await eventually(async () => {
    const status = await (await fetch(`${app.url}/api/status`)).json()
    expect(status.visits).toEqual({ count: 1, unsaved: 0, savedAt: expect.any(String) })
  })
  const count = 'select sum(count) from visit_counts'
  const psql = ['exec', '-T', 'postgres', 'psql', '-U', 'visits', '-d', 'visits', '-qAtc', count]
  expect((await compose([...PROD, ...psql], { directory, environment })).trim()).toBe('1')
}, 180_000)
