import { type Replica, recordVisit, type Store, type Visit } from './api.ts'

/** A status that is this much younger than an answer may have been taken before the visit. */
const settleMs = 1000
const stores: Store[] = ['redis', 'postgres']

export type TimedVisit = Visit & { ms: number }
/** Visits that took the same way. */
export type Way = { host: string; source: Store; visits: number }

/** The visits of this page. Knowing them, it can tell those of other people from what the backends counted. */
export class OwnVisits {
  #underWay = 0
  #lastAnswerAt = Number.NEGATIVE_INFINITY
  #own = new Map<string, number>()
  #countedBefore: Map<string, number> | undefined

  /** Counts a visit, and how long that took as the browser sees it. */
  async record(): Promise<TimedVisit> {
    const start = performance.now()
    this.#underWay++
    try {
      const visit = await recordVisit()
      const key = `${visit.servedByHost} ${visit.source}`
      this.#own.set(key, (this.#own.get(key) ?? 0) + 1)
      return { ...visit, ms: performance.now() - start }
    } finally {
      this.#underWay--
      this.#lastAnswerAt = performance.now()
    }
  }

  /** Whether a status that arrives now includes every visit of this page. */
  get settled(): boolean {
    return this.#underWay === 0 && performance.now() - this.#lastAnswerAt >= settleMs
  }

  /** The visits of other people since this was last asked. While own visits are unsettled, they wait. */
  othersSince(replicas: Replica[]): Way[] {
    if (!this.settled) return []
    const before = this.#countedBefore
    const own = this.#own
    const counted = new Map<string, number>()
    const ways: Way[] = []
    for (const { host, counted: countedBy } of replicas) {
      for (const source of stores) {
        const key = `${host} ${source}`
        counted.set(key, countedBy[source])
        const visits = countedBy[source] - (before?.get(key) ?? countedBy[source]) - (own.get(key) ?? 0)
        if (visits > 0) ways.push({ host, source, visits })
      }
    }
    this.#countedBefore = counted
    this.#own = new Map()
    return ways
  }
}
