import { beforeEach, expect, test, vi } from 'vitest'
import { find } from '../src/dom.ts'
import { nextStatus, open, statuses, visited } from './open.ts'
import { states, text } from './page.ts'
import { answer } from './server.ts'
import { replica, status } from './status.ts'

const local = () => vi.stubEnv('MODE', 'local')
const here = (uptimeSeconds: number, count = 7) => ({
  ...status([replica('3f2a')], { count }),
  uptimeSeconds,
})

beforeEach(() => {
  localStorage.clear()
  return () => vi.unstubAllEnvs()
})

test('checks off an exercise when the page sees its result', async () => {
  await open(answer(201, { count: 7, source: 'postgres', servedByHost: '3f2a' }))
  await vi.waitFor(() => {
    expect(find(document, '[data-exercise="stop-redis"]').dataset.done).toBe('true')
  })
})

test('with `npm start`, the exercises show keys in place of commands', async () => {
  local()
  await open(visited(7))
  for (const [id, key] of [
    ['stop-redis', 'r'],
    ['start-redis', 'r'],
    ['stop-postgres', 'p'],
    ['start-postgres', 'p'],
    ['restart', 'b'],
  ]) {
    expect(text(`[data-exercise="${id}"] kbd`)).toBe(key)
  }
  expect(text('[data-exercise="hot-reload"] .command code')).toBe('backend/src/routes/data.ts')
  expect(text('#exercises')).not.toContain('docker compose')
  expect(text('#exercises-done')).toBe('0 of 6 done')
})

test('with `npm start`, the exercises that need several backends say “with Docker”', async () => {
  local()
  await open(visited(7))
  const others = [...document.querySelectorAll('#exercise-list > li:not([data-exercise])')]
  expect(others.map((item) => find(item, 'summary').textContent.trim())).toEqual([
    '5. Run three backends with Docker',
    '6. Kill a backend with Docker',
  ])
})

test('with `npm start`, a backend that was restarted and goes on counting is an exercise', async () => {
  local()
  await open(visited(7), statuses(here(10), here(1)))
  await vi.waitFor(() => expect(states('redis')).toEqual(['up']))
  await nextStatus()
  await vi.waitFor(() => expect(find(document, '[data-exercise="restart"]').dataset.done).toBe('true'))
})
