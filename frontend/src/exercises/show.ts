import { find, fromTemplate, setText } from '../dom.ts'
import { type Exercise, exercises } from './list.ts'
import type { Progress } from './progress.ts'

/** Lists the exercises, each with what to copy. Their ticks are set by showProgress. */
export function listExercises(section: HTMLElement) {
  find(section, '#exercise-list').replaceChildren(...exercises.map((exercise) => item(section, exercise)))
}

/** Ticks the exercises that were done; says so when one has just been. */
export function showProgress(section: HTMLElement, { done }: Progress) {
  for (const { id, title } of exercises) {
    const element = find(section, `[data-exercise="${id}"]`)
    const isDone = done.includes(id)
    const isNew = isDone && element.dataset.done === 'false'
    element.dataset.done = String(isDone)
    setText(find(element, '.tick'), isDone ? 'done' : 'to do')
    if (isNew) say(section, `Exercise done: ${title}.`)
  }
  setText(find(section, '#exercises-done'), `${done.length} of ${exercises.length} done`)
}

/** Tells it politely to screen readers, and shows it. */
export function say(section: HTMLElement, text: string) {
  find(section, '#exercise-status').textContent = text
}

function item(section: HTMLElement, { id, title, commands, file, expect }: Exercise): HTMLElement {
  const element = fromTemplate(section, '#exercise')
  element.dataset.exercise = id
  find(element, '.title').textContent = title
  find(element, '.expect').textContent = expect
  find(element, '.commands').append(...(commands ?? [file]).map((text) => line(section, text)))
  return element
}

/** A line to copy, with its button. */
function line(section: HTMLElement, text: string): HTMLElement {
  const element = fromTemplate(section, '#command')
  const code = find(element, 'code')
  const button = find(element, 'button')
  code.textContent = text
  button.setAttribute('aria-label', `Copy ${text}`)
  button.addEventListener('click', async () => say(section, await copy(code)))
  return element
}

/** Copies the text of an element, and says what happened. */
async function copy(element: HTMLElement): Promise<string> {
  try {
    await navigator.clipboard.writeText(element.textContent)
    return 'Copied.'
  } catch {
    // Browsers allow it only on localhost and over HTTPS.
    getSelection()?.selectAllChildren(element)
    return 'Selected: copy it with your keyboard.'
  }
}
