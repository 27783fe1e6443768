import type { ApiError, TimedVisit } from './api.ts'
import { amount, formatMs, shortHost } from './format.ts'

export const STORE_NAMES = { redis: 'Redis', postgres: 'Postgres' }

/** Says how a visit was counted. */
export function describeVisit({ count, servedByHost, source, ms }: TimedVisit): string {
  const reason = source === 'postgres' ? ', because Redis did not answer' : ''
  const where = `in ${STORE_NAMES[source]}${reason}`
  return `Backend ${shortHost(servedByHost)} counted visit ${count.toLocaleString()} ${where}. It took ${formatMs(ms)}.`
}

/** Says why a visit failed, and whether it may have been counted. */
export function describeFailure({ message, changedNothing }: ApiError): string {
  return `${changedNothing ? 'Your visit was not counted.' : 'Your visit may have been counted.'} ${message}`
}

/** Says how many different numbers a burst got and how long it took, and why visits failed. */
export function describeBurst(visits: TimedVisit[], errors: ApiError[], ms: number): string {
  const sentences = visits.length > 0 ? [describeNumbers(visits, ms)] : []
  for (const changedNothing of [true, false]) {
    const messages = errors
      .filter((error) => error.changedNothing === changedNothing)
      .map(({ message }) => message)
    if (messages.length === 0) continue
    const verb = changedNothing ? (messages.length === 1 ? 'was not' : 'were not') : 'may have been'
    sentences.push(`${amount(messages.length, 'visit')} ${verb} counted.`, ...new Set(messages))
  }
  return sentences.join(' ')
}

function describeNumbers(visits: TimedVisit[], ms: number): string {
  const numbers = visits.map(({ count }) => count)
  const range = `${Math.min(...numbers).toLocaleString()} to ${Math.max(...numbers).toLocaleString()}`
  const different = amount(new Set(numbers).size, 'different number')
  const backends = amount(new Set(visits.map(({ servedByHost }) => servedByHost)).size, 'backend')
  return `${amount(visits.length, 'visit')} got ${different}, ${range}, from ${backends} in ${formatMs(ms)}.`
}
