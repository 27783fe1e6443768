import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../../e2e/client.ts'
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
  const id = (await stack.compose('ps', '--all', '--quiet', service)).trim()
  const [{ State: state, Config: config }] = JSON.parse(await docker('inspect', id))
  const [kind, ...words] = config.Healthcheck.Test
  return {
    id,
    name: service,
    startedAt: Date.parse(state.StartedAt),
    health: state.Health.Log.map((entry: { ExitCode: number; End: string }) => ({
      passed: entry.ExitCode === 0,
      at: Date.parse(entry.End),
    })),
    check: kind === 'CMD' ? words : ['sh', '-c', ...words],
  }
}

/** What a health check says that is run in a container. */
const outcomeOf = (check: string[], container: string) =>
  docker('exec', container, ...check).then(
    () => 'healthy',
    () => 'unhealthy',
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
    const readyAt = first?.health.find(({ passed }: { passed: boolean }) => passed)?.at
    const waited = (then?.startedAt ?? NaN) - readyAt
    expect(waited, `milliseconds from a ready ${first?.name} to ${then?.name}'s start`).toBeGreaterThan(0)
  }
})

test("the backend's health check passes while it can count", async () => {
  const { id, check } = await inspect('backend')
  expect(await outcomeOf(check, id)).toBe('healthy')
})

test("the backend's health check fails while it can count nowhere", async () => {
  const { id, check } = await inspect('backend')
  await stack.compose('stop', 'redis', 'postgres')
  expect(await outcomeOf(check, id), 'the health check').toBe('unhealthy')
})

test("Postgres's health check fails while the backend cannot connect", async () => {
  const { check } = await inspect('postgres')
  // As during its first start: it listens on a socket only.
  const entrypoint = [
    '--entrypoint',
    'docker-entrypoint.sh',
    'postgres',
    'postgres',
    '-c',
    'listen_addresses=',
  ]
  const id = (await stack.compose('run', '--detach', '--no-deps', ...entrypoint)).trim()
  try {
    await eventually(() => docker('exec', id, 'pg_isready', '-U', 'visits'))
    expect(await outcomeOf(check, id), 'the health check').toBe('unhealthy')
  } finally {
    await docker('rm', '--force', id)
  }
})
