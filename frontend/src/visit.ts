import type { Visit } from './api.ts'
import { find, setAttribute } from './dom.ts'
import { placeholder, type State } from './state.ts'

const storeNames = { redis: 'Redis', postgres: 'Postgres' }

/** Renders the count of visits and who answered, or why nobody did. */
export function showVisit(section: HTMLElement, state: State<Visit>) {
  const visit = state.status === 'loaded' ? state.answer : undefined
  const count = find(section, '#count')

  setAttribute(section, 'data-source', visit?.source)
  setAttribute(section, 'aria-busy', String(state.status === 'loading'))

  count.textContent = visit?.count.toLocaleString() ?? placeholder(state)
  count.style.setProperty('--length', String(count.textContent.length))
  // The number without a locale's separators, for programs that read the page.
  setAttribute(count, 'data-count', visit?.count.toString())
  find(section, '#fallback').hidden = visit?.source !== 'postgres'

  find(section, '#source').textContent = visit ? storeNames[visit.source] : placeholder(state)
  find(section, '#host').textContent = visit?.servedByHost ?? placeholder(state)

  find(section, '#visit-failure').hidden = state.status !== 'failed'
  find(section, '#visit-error').textContent = state.status === 'failed' ? state.message : ''
}
