import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { openPostgres, openRedis } from './stores.ts'

const postgres = await openPostgres()
const redis = await openRedis().catch((error: Error) => {
  console.log(`Redis: ${error.message}; the tests that need it are skipped, which CI doesn't allow.`)
  if (process.env.CI) process.exit(1)
})
// REDIS_URL stays unset if there is no Redis.
const stores = { DATABASE_URL: postgres.url, ...(redis && { REDIS_URL: redis.url }) }

/** Runs a suite in a folder of the repository; true if it passed. */
async function run(folder: string, command: string, env: NodeJS.ProcessEnv = {}): Promise<boolean> {
  console.log(`\n== ${folder}: ${command}`)
  const cwd = fileURLToPath(new URL(`../${folder}`, import.meta.url))
  // Not spawnSync: Postgres runs in this process, and has to answer meanwhile. With a shell, because on Windows
  // npm is a script.
  const suite = spawn(command, { cwd, env: { ...process.env, ...env }, shell: true, stdio: 'inherit' })
  const [code] = await once(suite, 'exit')
  return code === 0
}

const passed = [
  await run('local', 'npx vitest run'),
  await run('frontend', 'npm test'),
  await run('backend', 'npm test', stores),
]
await redis?.stop()
await postgres.stop()
process.exit(passed.every(Boolean) ? 0 : 1)
