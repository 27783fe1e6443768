import { amount, formatMs, shortHost } from './format.ts'
import type { TimedVisit } from './record.ts'

export type ManyVisits = { visits: TimedVisit[]; errors: Error[]; ms: number }

/** Visits many times at once: nobody waits for the answer to another. */
export async function visitMany(times: number, record: () => Promise<TimedVisit>): Promise<ManyVisits> {
  const start = performance.now()
  const results = await Promise.allSettled(Array.from({ length: times }, record))
  return {
    visits: results.filter((result) => result.status === 'fulfilled').map(({ value }) => value),
    errors: results.filter((result) => result.status === 'rejected').map(({ reason }) => reason),
    ms: performance.now() - start,
  }
}

/** Shows how many different numbers came back, how fast, and how many of them from which backend. */
export function showMany(element: HTMLElement, { visits, errors, ms }: ManyVisits) {
  const numbers = new Set(visits.map(({ count }) => count))
  const lines: string[] = []
  if (visits.length > 0) {
    const range = `${Math.min(...numbers).toLocaleString()} to ${Math.max(...numbers).toLocaleString()}`
    const different = `${numbers.size} different number${numbers.size === 1 ? '' : 's'}`
    lines.push(`${amount(visits.length, 'visit')}, ${different} (${range}) in ${formatMs(ms)}`)
  }
  for (const [host, number] of countBy(visits.map(({ servedByHost }) => servedByHost))) {
    lines.push(`${shortHost(host)}: ${number.toLocaleString()}`)
  }
  for (const [message, number] of countBy(errors.map((error) => error.message))) {
    lines.push(`${number.toLocaleString()} not counted: ${message}`)
  }
  element.dataset.distinct = String(numbers.size)
  element.replaceChildren(...lines.map(paragraph))
}

/** How often each value occurs, in the order of the values. */
function countBy(values: string[]): [string, number][] {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort(([a], [b]) => a.localeCompare(b))
}

function paragraph(text: string) {
  const element = document.createElement('p')
  element.textContent = text
  return element
}
