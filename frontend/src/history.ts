import { formatMs, shortHost } from './format.ts'
import type { TimedVisit } from './record.ts'
import { storeNames } from './visit.ts'

const maxRows = 20

/** Adds a visit to the table, which keeps the newest. */
export function addToHistory(body: HTMLElement, { count, source, servedByHost, ms }: TimedVisit) {
  const row = document.createElement('tr')
  row.append(heading(count.toLocaleString()))
  for (const text of [storeNames[source], shortHost(servedByHost), formatMs(ms)]) {
    row.insertCell().textContent = text
  }
  body.prepend(row)
  while (body.children.length > maxRows) body.lastElementChild?.remove()
}

function heading(text: string) {
  const cell = document.createElement('th')
  cell.scope = 'row'
  cell.textContent = text
  return cell
}
