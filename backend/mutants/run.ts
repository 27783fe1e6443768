// npm run mutants: breaks the backend in one way after the other (list.ts), and prints what no test notices.
// npm run mutants -- counter: only those in files whose path matches this pattern.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../local/ports.ts'
import { createPostgres } from '../../local/postgres.ts'
import { createRedis } from '../../local/redis.ts'
import { EQUIVALENT, MUTANTS, type Mutant } from './list.ts'

const LIMIT_MS = 180_000
const COPIED = [
  'package.json',
  'vitest.config.ts',
  'tsconfig.json',
  'openapi.yaml',
  'src',
  'test',
  'migrations',
]
const root = fileURLToPath(new URL('../../', import.meta.url))

/** A copy of the backend, to break; the packages are those of the original. */
async function copyBackend(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mutants-'))
  await cp(join(root, 'package.json'), join(folder, 'package.json'))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  for (const name of COPIED) {
    await cp(join(root, 'backend', name), join(folder, 'backend', name), { recursive: true })
  }
  await symlink(join(root, 'backend', 'node_modules'), join(folder, 'backend', 'node_modules'), 'junction')
  return folder
}

for (const change of [...MUTANTS, ...EQUIVALENT]) await check(change)
const postgres = createPostgres({ port: await freePort() })
const redis = createRedis({ port: await freePort(), onEnd: (reason) => console.error(`Redis: ${reason}`) })
await postgres.start()
redis.start()
const folder = await copyBackend()
const env = { ...process.env, DATABASE_URL: postgres.url, REDIS_URL: redis.url }

/** Whether these tests pass; a test that hangs has failed. */
async function pass(tests: string[]): Promise<boolean> {
  const vitest = join(root, 'backend', 'node_modules', 'vitest', 'vitest.mjs')
  const signal = AbortSignal.timeout(LIMIT_MS)
  const args = [vitest, 'run', '--bail', '1', '--reporter', 'dot', ...tests]
  const run = spawn(process.execPath, args, { cwd: join(folder, 'backend'), env, stdio: 'ignore', signal })
  const [code] = await once(run, 'exit').catch(() => [1])
  return code === 0
}

/** Throws unless the text is in its file exactly once. */
async function check({ file, text }: { file: string; text: string }): Promise<void> {
  const source = await readFile(join(root, 'backend', 'src', file), 'utf8')
  if (source.split(text).length !== 2) throw new Error(`${file} does not have this text once: ${text}`)
}

/** Whether a test notices. */
async function isKilled({ file, text, becomes, tests }: Mutant): Promise<boolean> {
  const path = join(folder, 'backend', 'src', file)
  const source = await readFile(path, 'utf8')
  await writeFile(
    path,
    source.replace(text, () => becomes),
  )
  try {
    return !(await pass(tests))
  } finally {
    await writeFile(path, source)
  }
}

const [filter = ''] = process.argv.slice(2)
const mutants = MUTANTS.filter(({ file }) => file.match(filter))
const survivors: Mutant[] = []
try {
  const tests = [...new Set(mutants.flatMap((mutant) => mutant.tests))]
  if (!(await pass(tests))) throw new Error('The tests fail without a mutant, too.')
  for (const mutant of mutants) {
    const killed = await isKilled(mutant)
    if (!killed) survivors.push(mutant)
    console.log(`${killed ? 'killed  ' : 'SURVIVED'} ${mutant.file}: ${mutant.text} -> ${mutant.becomes}`)
  }
} finally {
  await rm(folder, { recursive: true })
  await redis.stop()
  await postgres.stop()
}
console.log(`${mutants.length - survivors.length} killed, ${survivors.length} survived`)
console.log(`${EQUIVALENT.length} more are equivalent or out of reach, with their reasons in list.ts`)
process.exit(survivors.length > 0 ? 1 : 0)
