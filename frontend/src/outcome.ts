import type { TimedVisit } from './api.ts'
import { amount, formatMs, shortHost } from './format.ts'
import type { ApiError } from './request.ts'

export const STORE_NAMES = { redis: 'Redis', postgres: 'Postgres' }

/** Says how a visit was counted. */
export function describeVisit({ count, servedByHost, source, ms }: TimedVisit): string {
  const reason = source === 'postgres' ? ', because Redis did not answer' : ''
  const where = `in ${STORE_NAMES[source]}${reason}`
  return `Backend ${shortHost(servedByHost)} counted visit ${count.toLocaleString()} ${where}. The server took ${formatMs(ms)}.`
}

/** Says why a visit failed, and whether it may have been counted. */
export function describeFailure({ message, changedNothing }: ApiError): string {
  return `${changedNothing ? 'Your visit was not counted.' : 'Your visit may have been counted.'} ${message}`
}

/** Says how many different numbers a burst got, how long the server and the browser took, and why visits failed. */
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

function describeNumbers(visits: TimedVisit[], burstMs: number): string {
  const numbers = visits.map(({ count }) => count)
  const times = visits.map(({ ms }) => ms)
  const different = amount(new Set(numbers).size, 'different number')
  const range = `${Math.min(...numbers).toLocaleString()} to ${Math.max(...numbers).toLocaleString()}`
  return (
    `${amount(visits.length, 'visit')} got ${different}, ${range}. Each took the server ` +
    `${formatMs(Math.min(...times))} to ${formatMs(Math.max(...times))}. The burst took ${formatMs(burstMs)}, ` +
    'because most visits waited in the browser.'
  )
}
