import { find } from '../dom.ts'

/** The keys that take the place of Docker's commands. The exercises that have none need several backends. */
const KEYS: Record<string, string> = {
  'stop-redis': 'r',
  'start-redis': 'r',
  'stop-postgres': 'p',
  'start-postgres': 'p',
  restart: 'b',
}

/** Makes of the exercises what they are with `npm start`: keys in place of Docker's commands. */
export function replaceCommandsByKeys(section: HTMLElement) {
  for (const item of section.querySelectorAll<HTMLElement>(
    '[data-exercise]:not([data-exercise="hot-reload"])',
  )) {
    const key = KEYS[item.dataset.exercise ?? '']
    for (const command of item.querySelectorAll('.command')) command.remove()
    if (key) {
      find(item, 'summary').insertAdjacentHTML(
        'afterend',
        `<p>In the terminal of <code>npm start</code>, press <kbd>${key}</kbd>.</p>`,
      )
    } else {
      find(item, '.expect').textContent =
        'This exercise needs several backends. Run the app with Docker to try it.'
      find(item, '.tick').textContent = 'with Docker'
      delete item.dataset.exercise
    }
  }

  const restart = find(section, '[data-exercise="restart"]')
  find(restart, '.title').textContent = '7. Restart the backend'
  find(restart, '.expect').textContent = 'Press “Visit again”. The new process continues with the old number.'
  find(restart, '.why').innerHTML =
    '<summary>Why?</summary>The backend keeps nothing in its memory that must not be lost: the visits are in Redis and ' +
    'Postgres, which write them to disk. See <code>docs/counter.md</code> and <code>backend/src/main.ts</code>.'
}
