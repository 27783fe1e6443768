import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort } from './ports.ts'
import { createPostgres } from './postgres.ts'
import { createRedis } from './redis.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FILES = process.argv.slice(3) // `npm test -- http`: only the backend's test files with "http" in their path

/** Runs a command in the repository; ends this process if the command fails. */
async function run(command: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
  console.log(`\n== ${command}`)
  // Not spawnSync: Postgres answers from this process. With a shell, because npm is a script on Windows.
  const child = spawn(command, { cwd: ROOT, env: { ...process.env, ...env }, shell: true, stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  if (code !== 0) process.exit(1)
}

/** What `npm test` does. */
export async function main(): Promise<void> {
  if (FILES.length === 0) {
    await run('npm run check')
    await run('npm run test:docs')
    await run('npm run test:local')
    await run('npm test --prefix frontend')
  }
  const postgres = createPostgres({ port: await freePort() })
  const redis = createRedis({
    port: await freePort(),
    onEnd(reason) {
      console.log(`Redis: ${reason}. The tests that need it are skipped, which CI doesn't allow.`)
      if (process.env.CI) process.exit(1)
    },
  })
  redis.start()
  await postgres.start()
  await run(`npm test --prefix backend -- ${FILES.join(' ')}`, {
    DATABASE_URL: postgres.url,
    ...(redis.isRunning() && { REDIS_URL: redis.url }),
  })
  process.exit()
}
