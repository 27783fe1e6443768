import { beforeEach, expect, test, vi } from 'vitest'
import { find } from '../src/dom.ts'
import { createExercises } from '../src/exercises/exercises.ts'
import { exercises } from '../src/exercises/list.ts'
import { openPage, text } from './page.ts'
import { visit } from './status.ts'

const section = () => find(document, '#exercises')
const byPostgres = { visit: visit(10, 'postgres') }
const done = () => document.querySelectorAll('[data-done="true"]').length

beforeEach(() => {
  localStorage.clear()
  openPage()
})

test('shows every exercise with what to run or edit, and none is done', () => {
  createExercises(section())
  expect(document.querySelectorAll('[data-exercise]')).toHaveLength(exercises.length)
  expect(text('[data-exercise="stop-redis"] code')).toBe('docker compose stop redis')
  expect(text('[data-exercise="hot-reload"] code')).toBe('backend/src/routes/data.ts')
  const restart = document.querySelectorAll('[data-exercise="restart"] code')
  expect([...restart].map((code) => code.textContent)).toEqual([
    'docker compose down',
    'docker compose up -d',
  ])
  expect(done()).toBe(0)
})

test('ticks an exercise when it is seen, and says so', () => {
  createExercises(section()).observe(byPostgres)
  expect(find(document, '[data-exercise="stop-redis"]').dataset.done).toBe('true')
  expect(text('[data-exercise="stop-redis"] .tick')).toBe('done')
  expect(text('#exercises-done')).toBe(`1 of ${exercises.length} done`)
  expect(text('#exercise-status')).toBe('Exercise done: Stop Redis.')
})

test('keeps the progress over a reload, with what was seen on the way', () => {
  createExercises(section()).observe(byPostgres)
  openPage()
  const page = createExercises(section())
  expect(done()).toBe(1)
  expect(text('#exercise-status')).toBe('')
  page.observe({ visit: visit(11) })
  expect(find(document, '[data-exercise="start-redis"]').dataset.done).toBe('true')
})

test('a reset forgets the ticks and what was seen, also after a reload', () => {
  createExercises(section()).observe(byPostgres)
  find(document, '#reset-exercises').click()
  expect(done()).toBe(0)
  openPage()
  createExercises(section()).observe({ visit: visit(11) })
  expect(done()).toBe(0)
})

test('works without storage and with a broken one', () => {
  localStorage.setItem('visit-counter-progress', '{')
  const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('', 'QuotaExceededError')
  })
  createExercises(section()).observe(byPostgres)
  expect(done()).toBe(1)
  full.mockRestore()
})

test('a button copies the command', async () => {
  const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue()
  createExercises(section())
  find(document, '[data-exercise="scale"] button').click()
  await vi.waitFor(() => expect(text('#exercise-status')).toBe('Copied.'))
  expect(write).toHaveBeenCalledWith('docker compose up -d --scale backend=3')
})

test('where a page may not copy, the button selects the command', async () => {
  vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new DOMException('', 'NotAllowedError'))
  createExercises(section())
  find(document, '[data-exercise="scale"] button').click()
  await vi.waitFor(() => expect(text('#exercise-status')).toMatch(/^Selected/))
  expect(getSelection()?.toString()).toBe('docker compose up -d --scale backend=3')
})
