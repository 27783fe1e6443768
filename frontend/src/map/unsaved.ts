import { find, setAttribute, setText } from '../dom.ts'
import { amount } from '../format.ts'

const MAX_DOTS = 12

/** Shows the number of unsaved visits between Redis and Postgres, in words and as dots; null is unknown. */
export function showUnsaved(map: HTMLElement, unsaved: number | null) {
  const element = find(map, '#unsaved')
  const dots = find(element, '.dots')
  const shown = Math.min(unsaved ?? 0, MAX_DOTS)

  setAttribute(element, 'data-unsaved', unsaved?.toString())
  setText(find(element, '.words'), describe(unsaved))
  dots.replaceChildren(...Array.from({ length: shown }, () => document.createElement('i')))
  dots.dataset.more = unsaved && unsaved > MAX_DOTS ? `+${(unsaved - MAX_DOTS).toLocaleString()}` : ''
}

function describe(unsaved: number | null): string {
  if (unsaved === null) return 'unsaved: unknown'
  return unsaved === 0 ? 'all visits saved' : `${amount(unsaved, 'visit')} unsaved`
}
