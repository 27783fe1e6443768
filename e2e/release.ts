import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { eventually, readCount } from './client.ts'
import { startLoad } from './load.ts'

// As many requests as the machine can answer, so that some are under way at every moment.
const CLIENTS = 50
const PAUSE_MS = 0
const LEAD_MS = 1_000

/**
 * Runs something under load, and expects that every visit was answered and counted. On a busy machine, Redis may take
 * too long once: what was under way then is in doubt, and may be counted twice.
 */
export async function withoutLoss(stack: { url: string }, action: () => Promise<unknown>): Promise<void> {
  const { count } = await readCount(stack)
  const load = startLoad(stack.url, CLIENTS, PAUSE_MS)
  await delay(LEAD_MS)
  await action().finally(load.stop)
  expect(load.answers.filter(({ status }) => status !== 201).slice(0, 3)).toEqual([])
  await eventually(async () => {
    const countedTwice = (await readCount(stack)).count - count - load.answers.length
    expect(countedTwice).toBeGreaterThanOrEqual(0)
    expect(countedTwice).toBeLessThanOrEqual(CLIENTS)
  })
}
