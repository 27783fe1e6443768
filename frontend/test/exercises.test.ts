import { beforeEach, expect, test, vi } from 'vitest'
import { find } from '../src/dom.ts'
import { exercises } from '../src/exercises/list.ts'
import { startExercises } from '../src/exercises/start.ts'
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
  startExercises(section())
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
  startExercises(section()).observe(byPostgres)
  expect(find(document, '[data-exercise="stop-redis"]').dataset.done).toBe('true')
  expect(text('[data-exercise="stop-redis"] .tick')).toBe('done')
  expect(text('#exercises-done')).toBe(`1 of ${exercises.length} done`)
  expect(text('#exercise-news')).toBe('Exercise done: Stop Redis.')
})

test('keeps the progress over a reload, with what was seen on the way', () => {
  startExercises(section()).observe(byPostgres)
  openPage()
  const page = startExercises(section())
  expect(done()).toBe(1)
  expect(text('#exercise-news')).toBe('')
  page.observe({ visit: visit(11) })
  expect(find(document, '[data-exercise="start-redis"]').dataset.done).toBe('true')
})

test('a reset forgets the ticks and what was seen, also after a reload', () => {
  startExercises(section()).observe(byPostgres)
  find(document, '#reset-exercises').click()
  expect(done()).toBe(0)
  openPage()
  startExercises(section()).observe({ visit: visit(11) })
  expect(done()).toBe(0)
})

test('works without storage and with a broken one', () => {
  localStorage.setItem('visit-counter-progress', '{')
  const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('', 'QuotaExceededError')
  })
  startExercises(section()).observe(byPostgres)
  expect(done()).toBe(1)
  full.mockRestore()
})

test('a button copies the command', async () => {
  const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue()
  startExercises(section())
  find(document, '[data-exercise="scale"] button').click()
  await vi.waitFor(() => expect(text('#exercise-news')).toBe('Copied.'))
  expect(write).toHaveBeenCalledWith('docker compose up -d --scale backend=3')
})

test('where a page may not copy, the button selects the command', async () => {
  vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new DOMException('', 'NotAllowedError'))
  startExercises(section())
  find(document, '[data-exercise="scale"] button').click()
  await vi.waitFor(() => expect(text('#exercise-news')).toMatch(/^Selected/))
  expect(getSelection()?.toString()).toBe('docker compose up -d --scale backend=3')
})
