import { docker, type Stack } from '../compose.ts'
import { containersOf } from '../inspect.ts'
import type { Answer } from '../load.ts'

/** Visits in doubt so far, for each backend that runs. */
export async function visitsInDoubt(stack: Stack): Promise<Map<string, number>> {
  const inDoubt = new Map<string, number>()
  for (const container of await containersOf(stack, 'backend')) {
    const metrics = await docker('exec', container, 'wget', '-qO-', 'http://127.0.0.1:3000/metrics')
    inDoubt.set(container, Number(metrics.match(/^visits_in_doubt_total (\d+)/m)?.[1] ?? 0))
  }
  return inDoubt
}

/** By how much a client's number was lower than the one that it saw before, at most; 0 if that never happened. */
export function largestStepBack(answers: Answer[]): number {
  const seen = new Map<number, number>()
  let largest = 0
  for (const { client, count } of answers) {
    if (count === undefined) continue
    largest = Math.max(largest, (seen.get(client) ?? count) - count)
    seen.set(client, count)
  }
  return largest
}

/** How long the slowest answer took, in milliseconds. */
export function slowest(answers: Answer[]): number {
  return Math.max(0, ...answers.map(({ milliseconds }) => milliseconds))
}
