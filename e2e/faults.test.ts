import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { visit } from './client.ts'
import { PROD, REPOSITORY, type Stack, startStack } from './compose.ts'
import { BACKENDS } from './faults/actions.ts'
import { FAULTS, type Fault, LIMIT_MS } from './faults/list.ts'
import { largestStepBack, slowest, visitsInDoubt } from './faults/measure.ts'
import { type Row, report } from './faults/report.ts'
import { containersOf, recoveryTime, savedCount, startTimes } from './inspect.ts'
import { startLoad } from './load.ts'

const CLIENTS = 50
const LEAD_MS = 500
const TAIL_MS = 1_000
const RECOVERY_LIMIT_MS = 10_000
// The interval of saving, and as much again for the save itself.
const UNSAVED_MS = 500

let stack: Stack
const rows: Row[] = []

beforeAll(async () => {
  // With a network for each store, so that a backend can be cut off from either.
  stack = await startStack([...PROD, '-f', 'e2e/faults/networks.yaml'], ['--scale', `backend=${BACKENDS}`])
  await visit(stack)
})

afterAll(async () => {
  await stack?.remove()
  console.log(report(rows))
  // `npm run faults` keeps the table.
  if (process.env.npm_lifecycle_event === 'faults')
    writeFileSync(join(REPOSITORY, 'docs/faults.md'), report(rows))
})

test.each(FAULTS)('$name', { timeout: 120_000 }, async (fault) => {
  const countBefore = await savedCount(stack)
  const inDoubtBefore = await visitsInDoubt(stack)
  const startedBefore = await startTimes(stack)

  await fault.before?.(stack)
  const startedAt = performance.now()
  const load = startLoad(stack.url, CLIENTS)
  await delay(LEAD_MS)
  const noiseMs = slowest(load.answers) // what a busy machine adds, with nothing wrong yet
  await fault.run(stack)
  await delay(TAIL_MS)
  const answers = await load.stop()
  const seconds = (performance.now() - startedAt) / 1_000
  await fault.after?.(stack)

  const recoveryMs = await recoveryTime(stack)
  const counted = (await savedCount(stack)) - countBefore
  const answered = answers.filter(({ status }) => status === 201)
  const others = answers.filter(({ status }) => status !== 201)
  let inDoubt = 0
  for (const [container, now] of await visitsInDoubt(stack)) {
    const before = inDoubtBefore.get(container) ?? 0
    inDoubt += now < before ? now : now - before // a new process counts from 0
  }
  const slowestMs = slowest(answers)
  rows.push({
    fault: fault.name,
    answered: answered.length,
    counted,
    inDoubt,
    others: others.map(({ status }) => status),
    slowestMs,
    noiseMs,
    stepBack: largestStepBack(answers),
    recoveryMs,
  })

  const mayBeLost = fault.losesRedisData ? (answered.length / seconds) * (UNSAVED_MS / 1_000) : 0
  expect.soft(counted).toBeGreaterThanOrEqual(answered.length - mayBeLost)
  // 503 says that a visit was not counted.
  const unknown = others.filter(({ status }) => status !== 503)
  expect.soft(counted).toBeLessThanOrEqual(answered.length + unknown.length + inDoubt)
  for (const { status } of others) expect.soft(fault.mayAnswer ?? []).toContain(status)
  // At most what was under way when the fault came; a client tries again while the next backend ends.
  const underWay = CLIENTS * (fault.endings ?? 1)
  expect.soft(others.filter(({ status }) => status === 504).length).toBeLessThanOrEqual(underWay)
  expect.soft(slowestMs).toBeLessThan((fault.limitMs ?? LIMIT_MS) + noiseMs)
  expect.soft(recoveryMs).toBeLessThan(RECOVERY_LIMIT_MS)
  await expectOthersLived(fault, startedBefore)
  expect(await containersOf(stack, 'backend')).toHaveLength(BACKENDS)
})

/** Every process that the fault did not end is still the same one. */
async function expectOthersLived({ ends }: Fault, before: Map<string, string>): Promise<void> {
  const ended = (name: string) => ends.some((service) => name.includes(`-${service}-`))
  const now = await startTimes(stack)
  for (const [name, time] of before) if (!ended(name)) expect.soft(now.get(name), name).toBe(time)
}
