import { beforeEach, expect, test, vi } from 'vitest'
import { find } from '../src/dom.ts'
import { open, shownCount, statuses, visited } from './open.ts'
import { states, text } from './page.ts'
import { problem } from './server.ts'
import { replica, status } from './status.ts'

beforeEach(() => {
  vi.stubEnv('MODE', 'local')
  return () => vi.unstubAllEnvs()
})

test('with `npm start`, the map has no Nginx, and the path of a visit goes without it', async () => {
  await open(visited(7), statuses(status([replica('3f2a')])))
  expect(states('nginx')).toEqual([])
  await vi.waitFor(() => expect(shownCount()).toBe('7'))
  await vi.waitFor(() => expect(states('backend')).toEqual(['up']))
  expect(document.querySelectorAll('.connections [data-is-lit="true"]')).toHaveLength(2)
})

test('with `npm start`, the page says what to do when the backend does not answer', async () => {
  await open(problem(503, { detail: 'Not now.' }))
  await vi.waitFor(() => expect(text('#system')).toBe('The backend does not answer.'))
  expect(text('#remedy')).toMatch(/npm start/)
  expect(find(document, '#remedy').hidden).toBe(false)
})
