import { vi } from 'vitest'
import html from '../index.html?raw'
import { find } from '../src/dom.ts'

/** Shows the body of the real index.html, so that a test notices a missing element. */
export function openPage() {
  document.body.innerHTML = html.slice(html.indexOf('<header>'))
}

/** What a visitor reads in an element. */
export function text(selector: string) {
  return find(document, selector).textContent.replace(/\s+/g, ' ').trim()
}

/** The states of all components of the map that have this name. */
export function states(name: string) {
  const components = [...document.querySelectorAll<HTMLElement>(`[data-component="${name}"]`)]
  return components.map(({ dataset }) => dataset.state)
}

/** The visitor looks at another tab, or comes back to this one. */
export function setHidden(hidden: boolean) {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden)
  document.dispatchEvent(new Event('visibilitychange'))
}
