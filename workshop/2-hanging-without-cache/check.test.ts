import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, visit } from '../../e2e/client.ts'
import type { Stack } from '../../e2e/compose.ts'
import { savedCount } from '../../e2e/inspect.ts'
import { startExercise, tryVisit } from '../stack.ts'

const LIMIT_MS = 1_000
const VISITS = 10
// The visit that finds Redis frozen may be counted in both stores, and one more may be sent to see whether it is back.
const COUNTED_TWICE = 2

let stack: Stack

beforeAll(async () => {
  stack = await startExercise()
})

afterAll(() => stack?.remove())

/** Counts a visit; expects that Postgres did, soon. */
async function expectFallback(): Promise<void> {
  const startedAt = performance.now()
  expect(await tryVisit(stack), 'the answer to a visit').toMatchObject({ source: 'postgres' })
  expect(performance.now() - startedAt, 'milliseconds until the answer').toBeLessThan(LIMIT_MS)
}

test('with Redis, visits are counted there', async () => {
  expect(await visit(stack)).toMatchObject({ source: 'redis' })
})

test('while Redis is stopped, a visit is counted in Postgres within a second', async () => {
  await stack.compose('stop', 'redis')
  try {
    await expectFallback()
  } finally {
    await stack.compose('start', 'redis')
  }
})

test('when it is back, visits are counted there again', async () => {
  await eventually(async () => expect(await visit(stack)).toMatchObject({ source: 'redis' }))
})

test('while Redis is frozen, too; and when it thaws, no more than two of them are counted again', async () => {
  const count = await savedCount(stack)
  await stack.compose('pause', 'redis')
  try {
    await expectFallback()
    for (let n = 1; n < VISITS; n++) await visit(stack)
  } finally {
    await stack.compose('unpause', 'redis')
  }
  const now = await savedCount(stack)
  expect(now, 'the count after the thaw').toBeGreaterThanOrEqual(count + VISITS)
  expect(now, 'the count after the thaw').toBeLessThanOrEqual(count + VISITS + COUNTED_TWICE)
})
