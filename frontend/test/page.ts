import html from '../index.html?raw'
import { find } from '../src/dom.ts'

/** Shows the body of the real index.html, so that a test notices a missing element. */
export function openPage() {
  document.body.innerHTML = html.slice(html.indexOf('<header>'))
}

/** What a visitor reads in an element. */
export function text(selector: string) {
  return find(document, selector).textContent.trim()
}
