import { recordVisit, type Visit } from './api.ts'

/** A status may have been read this long before it arrives, and so before the visit that was just answered. */
const STATUS_AGE_MS = 1000

/** A visit and how long it took, in milliseconds. */
export interface TimedVisit extends Visit {
  ms: number
}

let underWay = 0
let lastAnswerAt = Number.NEGATIVE_INFINITY

/** Counts a visit and measures it; rejects with an ApiError. */
export async function record(): Promise<TimedVisit> {
  const startedAt = performance.now()
  underWay++
  try {
    return { ...(await recordVisit()), ms: performance.now() - startedAt }
  } finally {
    underWay--
    lastAnswerAt = performance.now()
  }
}

/** Whether a status that arrives now includes every visit of this page. */
export function statusIncludesVisits(): boolean {
  return underWay === 0 && performance.now() - lastAnswerAt >= STATUS_AGE_MS
}
