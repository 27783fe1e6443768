import type { Data } from './api.ts'
import { find, setAttribute } from './dom.ts'
import { placeholder, type State } from './state.ts'

/** Renders the answer to the button, or why there is none. */
export function showData(section: HTMLElement, state: State<Data>) {
  const data = state.status === 'loaded' ? state.answer : undefined
  const loading = String(state.status === 'loading')
  const timestamp = find(section, '#data-timestamp')

  section.dataset.state = state.status
  find(section, '#data-status').textContent = describe(state)

  setAttribute(find(section, 'dl'), 'aria-busy', loading)
  find(section, '#data-message').textContent = data?.message ?? placeholder(state)
  timestamp.textContent = data ? new Date(data.timestamp).toLocaleString() : placeholder(state)
  setAttribute(timestamp, 'datetime', data?.timestamp)
  find(section, '#data-host').textContent = data?.servedByHost ?? placeholder(state)
}

/** Says in words what the button's request is doing; an answer speaks for itself. */
function describe(state: State<Data>) {
  if (state.status === 'loading') return 'Loading…'
  return state.status === 'failed' ? state.message : ''
}
