import { animate, find, setAttribute, setText } from '../dom.ts'
import { amount } from '../format.ts'

const MAX_DOTS = 12

/** Shows the unsaved visits as dots above Postgres; those that were saved flow into it. */
export function showUnsaved(map: HTMLElement, unsaved: number | null) {
  const tray = find(map, '#unsaved')
  const dots = find(tray, '.dots')
  const saved = Number(tray.dataset.unsaved ?? 0) - (unsaved ?? Number.POSITIVE_INFINITY)
  if (saved > 0) flow(tray, find(map, '[data-component="postgres"]'), Math.min(saved, MAX_DOTS))

  setAttribute(tray, 'data-unsaved', unsaved?.toString())
  setText(find(tray, '.words'), describe(unsaved))
  const shown = Math.min(unsaved ?? 0, MAX_DOTS)
  while (dots.children.length > shown) dots.lastElementChild?.remove()
  while (dots.children.length < shown) dots.append(document.createElement('i'))
  dots.dataset.more = unsaved && unsaved > MAX_DOTS ? `+${(unsaved - MAX_DOTS).toLocaleString()}` : ''
}

function describe(unsaved: number | null): string {
  if (unsaved === null) return 'unsaved: unknown'
  return unsaved === 0 ? 'all visits saved' : `${amount(unsaved, 'visit')} unsaved`
}

/** Lets dots run from the tray down into Postgres. */
function flow(tray: HTMLElement, postgres: HTMLElement, number: number) {
  const start = tray.offsetHeight
  const distance = postgres.offsetTop - tray.offsetTop + postgres.offsetHeight / 2
  for (let index = 0; index < number; index++) {
    const dot = document.createElement('i')
    dot.className = 'saved'
    const running = animate(dot, [{ translate: `0 ${start}px` }, { translate: `0 ${distance}px` }], {
      duration: 500,
      delay: index * 60,
      easing: 'ease-in',
      fill: 'backwards',
    })
    if (!running) return
    tray.append(dot)
    running.finished.then(() => dot.remove())
  }
}
