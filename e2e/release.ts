import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { eventually, readCount } from './client.ts'
import { startLoad } from './load.ts'

// As many requests as the machine can answer, so that some are under way at every moment.
const CLIENTS = 50
const PAUSE_MS = 0
const LEAD_MS = 1_000

/** Runs something under load, and expects that every visit was answered and counted, and only once unless in doubt. */
export async function withoutLoss(stack: { url: string }, action: () => Promise<unknown>): Promise<void> {
  const { count } = await readCount(stack)
  const load = startLoad(stack.url, CLIENTS, PAUSE_MS)
  await delay(LEAD_MS)
  await action().finally(load.stop)
  expect(load.answers.filter(({ status }) => status !== 201).slice(0, 3)).toEqual([])
  // Redis may have had what Postgres answered: on a busy machine, it may take too long.
  const inDoubt = load.answers.filter(({ source }) => source === 'postgres')
  await eventually(async () => {
    const counted = (await readCount(stack)).count - count
    expect(counted).toBeGreaterThanOrEqual(load.answers.length)
    expect(counted).toBeLessThanOrEqual(load.answers.length + inDoubt.length)
  })
}
