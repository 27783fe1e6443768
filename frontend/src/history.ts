import type { TimedVisit } from './api.ts'
import { formatMs, shortHost } from './format.ts'
import { STORE_NAMES } from './outcome.ts'

const MAX_ROWS = 20

/** Adds a visit to the table, which keeps the newest. */
export function addToHistory(body: HTMLElement, { count, source, servedByHost, ms }: TimedVisit) {
  const row = document.createElement('tr')
  const number = document.createElement('th')
  number.scope = 'row'
  number.textContent = count.toLocaleString()
  row.append(number)
  for (const text of [STORE_NAMES[source], shortHost(servedByHost), formatMs(ms)]) {
    row.insertCell().textContent = text
  }
  body.prepend(row)
  while (body.children.length > MAX_ROWS) body.lastElementChild?.remove()
}
