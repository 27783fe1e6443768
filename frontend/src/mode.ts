import { setText } from './dom.ts'
import type { Mode } from './live.ts'

const words: Record<Mode, string> = { stream: 'Live', poll: 'Live, once a second', off: 'Not live' }

/** Shows how the news arrive; none do while the server does not answer. */
export function showMode(element: HTMLElement, mode: Mode, answers = true) {
  element.dataset.live = mode
  setText(element, answers ? words[mode] : 'No news, asking again')
}
