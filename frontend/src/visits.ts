import { recordVisit, type TimedVisit } from './api.ts'
import { find, onPress, setAttribute } from './dom.ts'
import { describeBurst, describeFailure, describeVisit } from './outcome.ts'
import type { ApiError } from './request.ts'

const BURST_SIZE = 100
/** A status may have been read this long before it arrives, and so before the visit that was just answered. */
const STATUS_AGE_MS = 1000

/** Shows the number of visits and counts more, one at a time or in a burst. Calls back with each visit. */
export function createVisits(section: HTMLElement, onVisit: (visit: TimedVisit) => void) {
  const count = find(section, '#count')
  const outcome = find(section, '#outcome')
  let underWay = 0
  let lastAnswerAt = Number.NEGATIVE_INFINITY

  /** Counts a visit; rejects with an ApiError. */
  async function countVisit(): Promise<TimedVisit> {
    underWay++
    try {
      const visit = await recordVisit()
      // A visit that was counted after this one may have been answered before it.
      showCount(Math.max(visit.count, shownCount() ?? 0))
      onVisit(visit)
      return visit
    } finally {
      underWay--
      lastAnswerAt = performance.now()
    }
  }

  /** Counts one visit, and says how that went. */
  async function visit() {
    setAttribute(section, 'aria-busy', 'true')
    try {
      say(describeVisit(await countVisit()))
    } catch (error) {
      if (shownCount() === null) showCount(null)
      say(describeFailure(error as ApiError), true)
    }
    setAttribute(section, 'aria-busy', 'false')
  }

  /** Counts a burst of visits: none waits for the answer to another. */
  async function visitBurst() {
    say(`Visiting ${BURST_SIZE} times…`)
    const startedAt = performance.now()
    const results = await Promise.allSettled(Array.from({ length: BURST_SIZE }, countVisit))
    const visits = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    const errors: ApiError[] = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason] : [],
    )
    say(describeBurst(visits, errors, performance.now() - startedAt), errors.length > 0)
  }

  function say(text: string, isError = false) {
    outcome.textContent = text
    outcome.dataset.failed = String(isError)
  }

  function showCount(number: number | null) {
    count.textContent = number?.toLocaleString() ?? '–'
    // The number without a locale's separators, for programs that read the page.
    setAttribute(count, 'data-count', number?.toString())
  }

  function shownCount(): number | null {
    return count.dataset.count === undefined ? null : Number(count.dataset.count)
  }

  onPress(find(section, '#visit-again'), visit)
  onPress(find(section, '#visit-burst'), visitBurst)

  return {
    visit,
    /** Shows the count of a status, unless it may be older than the visits of this page. */
    showStatusCount(number: number | null) {
      delete count.dataset.stale
      const includesVisits = underWay === 0 && performance.now() - lastAnswerAt >= STATUS_AGE_MS
      const shown = shownCount()
      if (includesVisits || (shown !== null && (number ?? 0) > shown)) showCount(number)
    },
    /** Marks the count as old, while no status comes. */
    markStale() {
      count.dataset.stale = 'true'
    },
  }
}
