import { find, onPress, setText } from '../dom.ts'
import { IS_LOCAL } from '../local.ts'
import { replaceCommandsByKeys } from './local.ts'
import type { Observation } from './memory.ts'
import { loadProgress, NO_PROGRESS, observe, type Progress, saveProgress } from './progress.ts'

/** Checks off the exercises that an observation completes. One exercise is open; after it, the next one is. */
export function createExercises(section: HTMLElement) {
  if (IS_LOCAL) replaceCommandsByKeys(section)
  const allItems = [...section.querySelectorAll<HTMLElement>('#exercise-list > li')]
  // Without Docker, some of them need no check.
  const items = allItems.filter(({ dataset }) => dataset.exercise)
  const status = find(section, '#exercise-status')
  let progress = loadProgress()

  function show(next: Progress) {
    progress = next
    saveProgress(progress)
    const done: string[] = progress.done
    for (const item of items) {
      const isDone = done.includes(item.dataset.exercise ?? '')
      item.dataset.done = String(isDone)
      setText(find(item, '.tick'), isDone ? '✓ done' : '')
    }
    const number = items.filter(({ dataset }) => dataset.done === 'true').length
    setText(find(section, '#exercises-done'), `${number} of ${items.length} done`)
  }

  /** Opens the first exercise that is not done, from an index on. The browser closes the one that was open. */
  function openNext(index = 0) {
    const inOrder = [...items.slice(index), ...items.slice(0, index)]
    const next = inOrder.find(({ dataset }) => dataset.done === 'false')
    if (next) find(next, 'details').setAttribute('open', '')
  }

  /** The current exercise comes first, beside the map. */
  function bringToTop(item: HTMLElement) {
    const focused = document.activeElement as HTMLElement | null
    find(section, '#exercise-list').replaceChildren(...new Set([item, ...allItems]))
    focused?.focus({ preventScroll: true })
  }

  for (const item of allItems) {
    const details = find(item, 'details')
    details.addEventListener('toggle', () => details.hasAttribute('open') && bringToTop(item))
  }
  show(progress)
  openNext()
  for (const code of section.querySelectorAll<HTMLElement>('.command code')) addCopyButton(code)
  find(section, '#reset-exercises').addEventListener('click', () => {
    show(NO_PROGRESS)
    openNext()
    status.textContent = 'Progress reset.'
  })

  return {
    observe(seen: Observation) {
      const open = items.filter(({ dataset }) => dataset.done === 'false')
      show(observe(progress, seen))
      for (const item of open.filter(({ dataset }) => dataset.done === 'true')) {
        status.textContent = `Done: ${find(item, '.title').textContent}.`
        if (find(item, 'details').hasAttribute('open')) openNext(items.indexOf(item))
      }
    },
  }
}

/** Only where the browser lets a page copy: on localhost and over HTTPS. */
function addCopyButton(code: HTMLElement) {
  if (!window.isSecureContext) return
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'second'
  button.textContent = 'Copy'
  code.after(button)
  onPress(button, async () => {
    await navigator.clipboard.writeText(code.textContent)
    button.textContent = 'Copied'
  })
}
