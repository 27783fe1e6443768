import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { find } from '../src/dom.ts'
import { FakeEventSource, fakeEventSource } from './event-source.ts'
import { open, shownCount, visited } from './open.ts'
import { hidePage, states, text } from './page.ts'
import { answer, problem } from './server.ts'
import { replica, status } from './status.ts'

beforeEach(fakeEventSource)
afterEach(hidePage)

test('the number follows other people’s visits', async () => {
  await open(visited(7))
  await vi.waitFor(() => expect(shownCount()).toBe('7'))
  FakeEventSource.newest.send(status([replica('3f2a')], { count: 9 }))
  expect(shownCount()).toBe('9')
  expect(states('redis')).toEqual(['up'])
  expect(find(document, '#live').dataset.live).toBe('stream')
})

test('a status from before the page’s visit does not take its number back, a later one may', async () => {
  await open(visited(7))
  await vi.waitFor(() => expect(shownCount()).toBe('7'))
  FakeEventSource.newest.send(status([replica('3f2a')], { count: 6 }))
  expect(shownCount()).toBe('7')

  const later = performance.now() + 1000
  const clock = vi.spyOn(performance, 'now').mockReturnValue(later)
  FakeEventSource.newest.send(status([replica('3f2a')], { count: 6 }))
  expect(shownCount()).toBe('6')
  clock.mockRestore()
})

test('waits for its own first number, also when a status comes before', async () => {
  await open(() => {})
  FakeEventSource.newest.send(status([replica('3f2a')], { count: 6 }))
  expect(shownCount()).toBeUndefined()
})

test('shows no number when nobody knows it', async () => {
  await open(problem(503, { detail: 'Neither answers.' }))
  await vi.waitFor(() => expect(text('#visit-error')).toBe('Neither answers.'))
  const down = replica('3f2a', { redis: 'down', postgres: 'down' })
  FakeEventSource.newest.send(status([down], { count: null, unsaved: null }))
  expect(text('#count')).toBe('–')
  expect(states('postgres')).toEqual(['down'])
})

test('asks for the status when there is no stream', async () => {
  const api = answer(200, status([replica('3f2a')]))
  await open((request, response) => (request.url === '/api/status' ? api : visited(7))(request, response))
  FakeEventSource.newest.refuse()
  await vi.waitFor(() => expect(find(document, '#live').dataset.live).toBe('poll'))
  expect(states('backend')).toEqual(['up'])
})
