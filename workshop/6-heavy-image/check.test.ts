import { execFile } from 'node:child_process'
import { appendFile, cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../../e2e/client.ts'
import { docker } from '../../e2e/compose.ts'
import { DIRECTORY } from '../stack.ts'

const MB = 1e6
const LIMIT_MB = 40 // above the base image
const TOKEN = 'npm_wQ3kD0aV7rT1sYb5'

let backend: string
let image: string

/** Builds the image as `docker build backend` does; what the build prints. */
async function build(): Promise<string> {
  const args = ['build', '--progress=plain', '--tag', image, backend]
  const { stdout, stderr } = await promisify(execFile)('docker', args, { maxBuffer: 64 * MB })
  return stdout + stderr
}

const linesWith = (text: string, lines: string) => lines.split('\n').filter((line) => line.includes(text))

/** What a shell command prints in the image. */
const inImage = (command: string) => docker('run', '--rm', '--entrypoint', 'sh', image, '-c', command)

// A copy, since a check changes a line; its tests stand for what a folder collects.
beforeAll(async () => {
  backend = await mkdtemp(join(tmpdir(), 'workshop-'))
  image = `${basename(backend).toLowerCase()}:check`
  const filter = (path: string) => basename(path) !== 'node_modules'
  await cp(join(DIRECTORY, 'backend'), backend, { recursive: true, filter })
  await build()
})

afterAll(async () => {
  await docker('image', 'rm', '--force', image)
  await rm(backend, { recursive: true })
})

test('the API starts', async () => {
  const container = await docker('run', '--detach', '--rm', image)
  try {
    const ask = ['exec', container, 'wget', '-q', '-O', '-', 'http://127.0.0.1:3000/health/live']
    await eventually(() => docker(...ask), 20_000, 250)
  } finally {
    await docker('rm', '--force', container)
  }
})

test('it does not run as root', async () => {
  expect(await inImage('id -u'), 'the user id, 0 for root').not.toBe('0')
})

test(`the image is at most ${LIMIT_MB} MB larger than its base`, async () => {
  const sizes = await docker('image', 'inspect', '--format', '{{.Size}}', image, 'node:26-alpine')
  const [all = 0, base = 0] = sizes.split('\n').map(Number)
  expect(Math.round((all - base) / MB), 'MB above the base').toBeLessThan(LIMIT_MB)
})

test('only what production runs is in it', async () => {
  const paths = 'test vitest.config.ts Dockerfile node_modules/vitest node_modules/typescript'
  expect(
    await inImage(`cd /app && ls -d ${paths} 2> /dev/null || true`),
    'what production does not run',
  ).toBe('')
})

test('no secret is in its history, nor in the folder', async () => {
  const history = await docker('history', '--no-trunc', '--format', '{{.CreatedBy}}', image)
  expect(linesWith(TOKEN, history), 'steps with the token').toEqual([])
  // A layer keeps a file that a later step deletes, and git keeps it, too.
  const entries = await readdir(backend, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')))
  const found = paths
    .filter((_, index) => texts[index]?.includes(TOKEN))
    .map((path) => relative(backend, path))
  expect(found, 'files with the token').toEqual([])
})

test('a changed line does not install the packages again', async () => {
  await appendFile(join(backend, 'src/main.ts'), `// ${Date.now()}\n`)
  const lines = (await build()).split('\n')
  const steps = lines.flatMap((line) => line.match(/^(#\d+) .*RUN.*npm (ci|install)/)?.[1] ?? [])
  const installed = new Set(steps.filter((step) => !lines.includes(`${step} CACHED`)))
  expect([...installed], 'steps that installed again').toEqual([])
})
