import { afterAll, beforeAll, expect, test } from 'vitest'
import { countInPostgres, eventually, visit } from '../../e2e/client.ts'
import type { Stack } from '../../e2e/compose.ts'
import { startExercise } from '../stack.ts'

const VISITS = 150

let stack: Stack
let numbers: number[]
let hosts: Set<string>

beforeAll(async () => {
  stack = await startExercise(['--scale', 'backend=3'])
  await visit(stack)
  const visits = await Promise.all(Array.from({ length: VISITS }, () => visit(stack)))
  numbers = visits.map(({ count }) => count)
  hosts = new Set(visits.map(({ servedByHost }) => servedByHost))
})

afterAll(() => stack?.remove())

test('three backends count', () => {
  expect(hosts.size).toBe(3)
})

test('visits at the same time get different numbers', () => {
  expect(new Set(numbers).size, `different numbers for ${VISITS} visits`).toBe(VISITS)
})

test('every visit is in the total', async () => {
  expect((await visit(stack)).count, 'the number of the next visit').toBe(VISITS + 2)
})

test('every visit reaches Postgres', async () => {
  await eventually(
    async () => expect(await countInPostgres(stack), 'visits in Postgres').toBe(VISITS + 2),
    3_000,
  )
})
