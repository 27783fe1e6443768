import { setAttribute } from './dom.ts'

/** Shows the number of visits as large as fits, or what stands in its place. */
export function showCount(element: HTMLElement, count: number | null, otherwise = '–') {
  element.textContent = count?.toLocaleString() ?? otherwise
  element.style.setProperty('--length', String(element.textContent.length))
  // The number without a locale's separators, for programs that read the page.
  setAttribute(element, 'data-count', count?.toString())
}

/** The number that is shown, if one is. */
export function shownCount(element: HTMLElement): number | null {
  return element.dataset.count === undefined ? null : Number(element.dataset.count)
}
