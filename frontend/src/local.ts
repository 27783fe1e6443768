import { find } from './dom.ts'

/** Whether `npm start` serves this page, without Docker. In a build it is false, and what depends on it is left out. */
export const IS_LOCAL = import.meta.env.MODE === 'local'

/** Makes of the page what it is with `npm start`: a map without Nginx. */
export function adaptToLocal() {
  find(document, '[data-component="nginx"]').remove()
  find(document, '#remedy').innerHTML =
    'In the terminal of <code>npm start</code>, press <kbd>h</kbd> for the keys. If it has ended, run it again.'
}
