import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { psql } from '../../e2e/client.ts'
import { docker, type Stack } from '../../e2e/compose.ts'
import { containersOf } from '../../e2e/inspect.ts'
import { type Answer, startLoad } from '../../e2e/load.ts'
import { startExercise } from '../stack.ts'

const CLIENTS = 20
const LEAD_MS = 1_000
const STOP_LIMIT_MS = 8_000

let stack: Stack
let stopMs: number
let exitCode: string
let answers: Answer[]

// One of two backends is stopped while visits come in, each as soon as the one before it is answered. Commits are slow,
// and Redis is away: so visits are under way at any moment.
beforeAll(async () => {
  const files = ['-f', 'workshop/7-ten-seconds-to-stop/unlimited.yaml']
  stack = await startExercise(['--scale', 'backend=2'], files)
  const [backend = ''] = await containersOf(stack, 'backend')
  await stack.compose('stop', 'redis')
  const slowCommits = ['commit_delay = 100000', 'commit_siblings = 0'].map(
    (line) => `alter system set ${line}`,
  )
  await psql(stack, ...slowCommits, 'select pg_reload_conf()')
  const load = startLoad(stack.url, CLIENTS, 0)
  await delay(LEAD_MS)
  const startedAt = performance.now()
  await docker('stop', backend)
  stopMs = Math.round(performance.now() - startedAt)
  answers = await load.stop()
  exitCode = await docker('inspect', '--format', '{{.State.ExitCode}}', backend)
})

afterAll(() => stack?.remove())

test('visits were counted before', () => {
  expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(CLIENTS)
})

test('the backend stops before Docker kills it', () => {
  expect(stopMs, 'milliseconds until it stopped').toBeLessThan(STOP_LIMIT_MS)
})

test('it ends with exit code 0', () => {
  expect(exitCode, 'the exit code').toBe('0')
})

test('no visit is lost', () => {
  const failed = answers.filter(({ status }) => status !== 201).map(({ status }) => status)
  expect(failed, 'the answers to visits that failed').toEqual([])
})
