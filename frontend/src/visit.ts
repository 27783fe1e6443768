import type { Visit } from './api.ts'
import { showCount, shownCount } from './count.ts'
import { find, setAttribute } from './dom.ts'
import { placeholder, type State } from './state.ts'

export const storeNames = { redis: 'Redis', postgres: 'Postgres' }

/** Renders the count of visits and who answered, or why nobody did. */
export function showVisit(section: HTMLElement, state: State<Visit>) {
  const loading = state.status === 'loading'
  setAttribute(section, 'aria-busy', String(loading))
  find(section, '#visit-failure').hidden = state.status !== 'failed'
  find(section, '#visit-error').textContent = state.status === 'failed' ? state.message : ''

  const count = find(section, '#count')
  const shown = shownCount(count)
  // The last number stays until the next is there.
  if (loading && shown !== null) return

  const visit = state.status === 'loaded' ? state.answer : undefined
  // Another visit may have been counted after this one, and its number may be here already.
  showCount(count, visit ? Math.max(visit.count, shown ?? 0) : null, placeholder(state))
  setAttribute(section, 'data-source', visit?.source)
  find(section, '#fallback').hidden = visit?.source !== 'postgres'
  find(section, '#source').textContent = visit ? storeNames[visit.source] : placeholder(state)
  find(section, '#host').textContent = visit?.servedByHost ?? placeholder(state)
}
