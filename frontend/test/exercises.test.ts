import { beforeEach, expect, test, vi } from 'vitest'
import { find } from '../src/dom.ts'
import { createExercises } from '../src/exercises/exercises.ts'
import { RULES } from '../src/exercises/rules.ts'
import { openPage, text } from './page.ts'
import { visit } from './status.ts'

const section = () => find(document, '#exercises')
const byPostgres = { visit: visit(10, 'postgres') }
const items = () => [...document.querySelectorAll<HTMLElement>('[data-exercise]')]
const done = () => items().filter(({ dataset }) => dataset.done === 'true')
const open = () =>
  items()
    .filter((item) => find(item, 'details').hasAttribute('open'))
    .map(({ dataset }) => dataset.exercise)

beforeEach(() => {
  localStorage.clear()
  openPage()
})

test('the page has an exercise for each rule; none is done, and the first is open', () => {
  createExercises(section())
  expect(items().map(({ dataset }) => dataset.exercise)).toEqual(Object.keys(RULES))
  expect(done()).toEqual([])
  expect(open()).toEqual(['stop-redis'])
})

test('checks off an exercise, says so, and opens the next one', () => {
  createExercises(section()).observe(byPostgres)
  expect(find(document, '[data-exercise="stop-redis"]').dataset.done).toBe('true')
  expect(text('[data-exercise="stop-redis"] .tick')).toBe('✓ done')
  expect(text('#exercises-done')).toBe('1 of 8 done')
  expect(text('#exercise-status')).toBe('Done: 1. Stop Redis.')
  expect(open()).toContain('start-redis')
})

test('the open exercise is at the top of the list, the others are below it in their order', async () => {
  createExercises(section())
  find(document, '[data-exercise="scale"] details').setAttribute('open', '')
  await vi.waitFor(() => expect(items()[0]?.dataset.exercise).toBe('scale'))
  expect(items()[1]?.dataset.exercise).toBe('stop-redis')
  expect(items()).toHaveLength(8)
})

test('leaves the open exercise open when another one is done', () => {
  const exercises = createExercises(section())
  find(document, '[data-exercise="stop-redis"] details').removeAttribute('open')
  find(document, '[data-exercise="scale"] details').setAttribute('open', '')
  exercises.observe(byPostgres)
  expect(done()).toHaveLength(1)
  expect(open()).toEqual(['scale'])
})

test('keeps the progress over a reload, with what was seen before', () => {
  createExercises(section()).observe(byPostgres)
  openPage()
  const exercises = createExercises(section())
  expect(done()).toHaveLength(1)
  expect(open()).toEqual(['start-redis'])
  exercises.observe({ visit: visit(11) })
  expect(find(document, '[data-exercise="start-redis"]').dataset.done).toBe('true')
})

test('a reset forgets what was done and seen, also after a reload', () => {
  createExercises(section()).observe(byPostgres)
  find(document, '#reset-exercises').click()
  expect(done()).toEqual([])
  expect(open()).toContain('stop-redis')
  openPage()
  createExercises(section()).observe({ visit: visit(11) })
  expect(done()).toEqual([])
})

test('works without storage and with a broken one', () => {
  localStorage.setItem('visit-counter-progress', '{')
  const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('', 'QuotaExceededError')
  })
  createExercises(section()).observe(byPostgres)
  expect(done()).toHaveLength(1)
  full.mockRestore()
})

test('a button copies the command', async () => {
  vi.stubGlobal('isSecureContext', true)
  const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue()
  createExercises(section())
  find(document, '[data-exercise="scale"] button').click()
  await vi.waitFor(() => expect(text('[data-exercise="scale"] button')).toBe('Copied'))
  expect(write).toHaveBeenCalledWith('docker compose up -d --scale backend=3')
  vi.unstubAllGlobals()
})

test('where the browser does not let a page copy, there is no button', () => {
  createExercises(section())
  expect(document.querySelector('[data-exercise="scale"] button')).toBeNull()
})
