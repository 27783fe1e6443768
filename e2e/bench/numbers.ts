import type { Load } from './wrk.ts'

/** Requests that were answered with what was asked for. */
export const perSecond = ({ requests, refused, seconds }: Load) => (requests - refused) / seconds

/** The middle one; of an even number, the lower of the two. */
export function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)] ?? NaN
}

export function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** How long something takes, in seconds. */
export async function time(action: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await action()
  return (performance.now() - startedAt) / 1_000
}
