import { afterAll, beforeAll, expect, test } from 'vitest'
import { countInPostgres, eventually, readCount, visit } from './client.ts'
import { docker, PROD, type Stack, startStack } from './compose.ts'
import { savedCount } from './inspect.ts'

let stack: Stack

beforeAll(async () => {
  stack = await startStack(PROD, ['--scale', 'backend=3'])
})

afterAll(() => stack?.remove())

test('two visits differ by one, come from Redis, and reach Postgres', async () => {
  const first = await visit(stack)
  const second = await visit(stack)
  expect(second).toMatchObject({ count: first.count + 1, source: 'redis' })
  await eventually(async () => expect(await countInPostgres(stack)).toBe(second.count), 3_000)
})

test('2,000 parallel visits over three backends get 2,000 different numbers', async () => {
  const { count } = await visit(stack)
  const visits = await Promise.all(Array.from({ length: 2_000 }, () => visit(stack)))
  const numbers = visits.map((each) => each.count).sort((a, b) => a - b)
  expect(numbers).toEqual(Array.from({ length: 2_000 }, (_, index) => count + 1 + index))
  expect(new Set(visits.map((each) => each.servedByHost)).size).toBe(3)
  await eventually(async () => expect(await countInPostgres(stack)).toBe(count + 2_000), 3_000)
})

test('without Redis, visits are counted in Postgres; with it again, in Redis, and none is missing', async () => {
  const { count } = await visit(stack)
  // Redis keeps a visit that it did not hand over, but Postgres gives its number once more until Redis is back.
  await eventually(async () => expect(await countInPostgres(stack)).toBe(count), 3_000)
  await stack.compose('stop', 'redis')
  for (let n = 1; n <= 10; n++) {
    const startedAt = performance.now()
    expect(await visit(stack)).toMatchObject({ count: count + n, source: 'postgres' })
    expect(performance.now() - startedAt).toBeLessThan(500)
  }
  await stack.compose('start', 'redis')
  await eventually(async () => {
    expect(await readCount(stack)).toMatchObject({ count: count + 10, source: 'redis' })
  }, 5_000)
  // Each backend closes its circuit breaker at a time of its own.
  await eventually(async () => {
    const ready = await Promise.all([1, 2, 3, 4, 5, 6].map(() => fetch(`${stack.url}/api/health/ready`)))
    for (const response of ready) expect(await response.json()).toMatchObject({ status: 'ok' })
  }, 5_000)
  expect(await visit(stack)).toMatchObject({ count: count + 11, source: 'redis' })
})

test('a frozen Redis holds nobody up, and is used again within 3 s of its thaw', async () => {
  await stack.compose('pause', 'redis')
  for (let n = 1; n <= 10; n++) {
    const startedAt = performance.now()
    expect((await visit(stack)).source).toBe('postgres')
    expect(performance.now() - startedAt).toBeLessThan(500)
  }
  await stack.compose('unpause', 'redis')
  await eventually(async () => {
    const visits = await Promise.all(Array.from({ length: 6 }, () => visit(stack)))
    for (const { source } of visits) expect(source).toBe('redis')
  }, 3_000)
})

test('without Postgres, visits wait in Redis; with it again, they are saved', async () => {
  await stack.compose('stop', 'postgres')
  const { count } = await visit(stack)
  expect(await visit(stack)).toMatchObject({ count: count + 1, source: 'redis' })
  const status = await (await fetch(`${stack.url}/api/status`)).json()
  expect(status).toMatchObject({ postgres: { state: 'down' }, visits: { count: count + 1 } })
  await stack.compose('start', 'postgres')
  await eventually(async () => expect(await countInPostgres(stack)).toBe(count + 1))
})

test('without both, the answer is 503 at once, and nothing has to be restarted afterwards', async () => {
  const { count } = await visit(stack)
  await stack.compose('stop', 'redis', 'postgres')
  const startedAt = performance.now()
  const response = await fetch(`${stack.url}/api/visits`, { method: 'POST' })
  expect(performance.now() - startedAt).toBeLessThan(2_000)
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('1')
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  await stack.compose('start', 'redis', 'postgres')
  // Until Redis is back, only it knows the visits that were unsaved.
  await eventually(async () => expect(await savedCount(stack)).toBe(count))
  expect((await eventually(() => visit(stack))).count).toBe(count + 1)
})

test('a backend that comes back with another address, and more or fewer of them, are found', async () => {
  await stack.compose(
    'up',
    '--detach',
    '--wait',
    '--force-recreate',
    '--no-deps',
    '--scale',
    'backend=1',
    'backend',
  )
  await eventually(() => visit(stack))
  await stack.compose(
    'up',
    '--detach',
    '--wait',
    '--no-deps',
    '--no-recreate',
    '--scale',
    'backend=3',
    'backend',
  )
  await eventually(async () => {
    const visits = await Promise.all(Array.from({ length: 12 }, () => visit(stack)))
    expect(new Set(visits.map((each) => each.servedByHost)).size).toBe(3)
  })
})

test('all containers stop when they are asked to, and the count survives `down` and `up`', async () => {
  const { count } = await visit(stack)
  const containers = (await stack.compose('ps', '--quiet')).trim().split('\n')
  const startedAt = performance.now()
  await stack.compose('stop')
  // Compose kills after 10 s what does not stop; that would also be exit code 137.
  expect(performance.now() - startedAt).toBeLessThan(10_000)
  const states = await docker('inspect', '--format', '{{.Name}} {{.State.ExitCode}}', ...containers)
  for (const state of states.split('\n')) expect(state).toMatch(/ 0$/)
  await stack.compose('down')
  await stack.compose('up', '--detach', '--wait')
  expect((await visit(stack)).count).toBe(count + 1)
})
