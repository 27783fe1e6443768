import { afterAll, beforeAll, expect, test } from 'vitest'
import { docker, type Stack } from '../../e2e/compose.ts'
import { startExercise, tryVisit } from '../stack.ts'

let stack: Stack
let firstVisit: unknown

beforeAll(async () => {
  stack = await startExercise([], ['-f', 'workshop/3-started-too-early/slow-disk.yaml'])
  firstVisit = await tryVisit(stack)
})

afterAll(() => stack?.remove())

async function inspect(service: string) {
  const id = await stack.compose('ps', '--all', '--quiet', service)
  const [{ State: state, Config: config }] = JSON.parse(await docker('inspect', id.trim()))
  const [kind, ...words] = config.Healthcheck.Test
  return {
    name: service,
    startedAt: Date.parse(state.StartedAt),
    health: state.Health.Log.map((entry: { ExitCode: number; End: string }) => ({
      passed: entry.ExitCode === 0,
      at: Date.parse(entry.End),
    })),
    check: kind === 'CMD' ? words : ['sh', '-c', ...words],
  }
}

/** Whether a `docker compose` command exits with 0. */
const succeeds = (...args: string[]) =>
  stack.compose(...args).then(
    () => true,
    () => false,
  )

test('the first visit after `up --wait` is counted, even with a slow disk', () => {
  expect(firstVisit, 'the answer to the first visit').toMatchObject({ count: 1 })
})

test('the backend starts when Postgres is ready, and nginx when the backend is', async () => {
  const [postgres, backend, nginx] = await Promise.all(['postgres', 'backend', 'nginx'].map(inspect))
  for (const [first, then] of [
    [postgres, backend],
    [backend, nginx],
  ]) {
    const healthyAt = first?.health.find(({ passed }: { passed: boolean }) => passed)?.at
    expect(then?.startedAt, `when the ${then?.name} started`).toBeGreaterThan(healthyAt)
  }
})

test("the backend's health check passes while it can count", async () => {
  const { check } = await inspect('backend')
  expect(await succeeds('exec', '-T', 'backend', ...check)).toBe(true)
})

test("the backend's health check fails while it can count nowhere", async () => {
  const { check } = await inspect('backend')
  await stack.compose('stop', 'redis', 'postgres')
  expect(await succeeds('exec', '-T', 'backend', ...check), 'the health check passes').toBe(false)
})

test("Postgres's health check fails where Postgres does not run", async () => {
  const [command, ...args] = (await inspect('postgres')).check
  const run = ['run', '--rm', '--no-deps', '-T', '--entrypoint', command, 'postgres', ...args]
  expect(await succeeds(...run), 'the health check passes').toBe(false)
})
