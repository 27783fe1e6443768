import { expect, test, vi } from 'vitest'
import { find } from '../src/dom.ts'
import { nextStatus, open, shownCount, statuses, visited } from './open.ts'
import { states, text } from './page.ts'
import { answer, problem } from './server.ts'
import { replica, status } from './status.ts'

const data = answer(200, { message: 'Hello', timestamp: '2026-03-01T12:30:00.000Z', servedByHost: '3f2a' })

test('counts a visit when it opens, and once more when asked to after an error', async () => {
  const api = vi.fn(visited(7)).mockImplementationOnce(problem(429, { detail: 'Not now.' }))
  await open(api)
  await vi.waitFor(() => expect(text('#outcome')).toBe('Your visit was not counted. Not now.'))
  expect(text('#count')).toBe('–')

  find(document, '#visit-again').click()
  await vi.waitFor(() => expect(shownCount()).toBe('7'))
  expect(text('#outcome')).toMatch(/^Backend 3f2a counted visit 7 in Redis\. The server took .+ ms\.$/)
  expect(api).toHaveBeenCalledTimes(2)
})

test('an error leaves the number', async () => {
  await open(vi.fn(problem(504, { detail: 'Too late.' })).mockImplementationOnce(visited(7)))
  await vi.waitFor(() => expect(shownCount()).toBe('7'))
  find(document, '#visit-again').click()
  await vi.waitFor(() => expect(text('#outcome')).toBe('Your visit may have been counted. Too late.'))
  expect(shownCount()).toBe('7')
})

test('“Visit again” counts once more, however often it is pressed until the answer', async () => {
  const api = vi.fn(visited(8)).mockImplementationOnce(visited(7))
  await open(api)
  await vi.waitFor(() => expect(shownCount()).toBe('7'))

  const button = find(document, '#visit-again')
  button.click()
  button.click()
  expect(button.getAttribute('aria-disabled')).toBe('true')
  await vi.waitFor(() => expect(shownCount()).toBe('8'))
  await vi.waitFor(() => expect(button.getAttribute('aria-disabled')).toBe('false'))
  expect(api).toHaveBeenCalledTimes(2)
})

test('“Visit 100 times at once” gets 100 different numbers, and the table shows the last 20', async () => {
  let count = 0
  await open((request, response) => visited(++count)(request, response))
  await vi.waitFor(() => expect(shownCount()).toBe('1'))

  find(document, '#visit-burst').click()
  const sentence = /^100 visits got 100 different numbers, 2 to 101\. /
  await vi.waitFor(() => expect(text('#outcome')).toMatch(sentence), 5000)
  expect(shownCount()).toBe('101')
  expect(document.querySelectorAll('#history tbody tr')).toHaveLength(20)
})

test('the table shows the newest visit first, with its store, backend and time', async () => {
  await open(vi.fn(visited(8)).mockImplementationOnce(visited(7)))
  await vi.waitFor(() => expect(shownCount()).toBe('7'))
  find(document, '#visit-again').click()
  await vi.waitFor(() => expect(text('#history tbody tr')).toMatch(/^8 ?Redis ?3f2a ?.+ ms$/))
})

test('a number that was counted earlier but answered later does not take a higher one back', async () => {
  await open(vi.fn(visited(6)).mockImplementationOnce(visited(7)))
  await vi.waitFor(() => expect(shownCount()).toBe('7'))
  find(document, '#visit-again').click()
  await vi.waitFor(() => expect(text('#outcome')).toContain('visit 6'))
  expect(shownCount()).toBe('7')
})

test('loads the data once, however often the button is pressed until the answer', async () => {
  const api = vi.fn(data)
  await open(visited(7), undefined, api)
  expect(text('#data-message')).toBe('–')

  find(document, '#load-data').click()
  find(document, '#load-data').click()
  await vi.waitFor(() => expect(text('#data-message')).toBe('Hello'))
  expect(api).toHaveBeenCalledTimes(1)
})

test('the number follows other people’s visits', async () => {
  await open(visited(7), statuses(status([replica('3f2a')], { count: 9 })))
  await vi.waitFor(() => expect(shownCount()).toBe('7'))
  await nextStatus()
  await vi.waitFor(() => expect(shownCount()).toBe('9'))
  expect(states('redis')).toEqual(['up'])
})

test('a status from before the page’s visit does not take its number back, a later one may', async () => {
  await open(visited(7), statuses(status([replica('3f2a')], { count: 6 })))
  await vi.waitFor(() => expect(shownCount()).toBe('7'))
  await vi.waitFor(() => expect(states('redis')).toEqual(['up']))
  expect(shownCount()).toBe('7')

  const later = performance.now() + 1000
  const clock = vi.spyOn(performance, 'now').mockReturnValue(later)
  await nextStatus()
  await vi.waitFor(() => expect(shownCount()).toBe('6'))
  clock.mockRestore()
})

test('waits for its own first number, also when a status comes before', async () => {
  await open(() => {}, statuses(status([replica('3f2a')], { count: 6 })))
  await vi.waitFor(() => expect(states('redis')).toEqual(['up']))
  expect(shownCount()).toBeUndefined()
})

test('shows no number when no store knows it', async () => {
  const down = replica('3f2a', { redis: 'down', postgres: 'down' })
  const unknown = status([down], { count: null, unsaved: null })
  await open(visited(7), statuses(status([replica('3f2a')], { count: 7 }), unknown))
  await vi.waitFor(() => expect(shownCount()).toBe('7'))
  const later = performance.now() + 1000
  vi.spyOn(performance, 'now').mockReturnValue(later)
  await nextStatus()
  await vi.waitFor(() => expect(text('#count')).toBe('–'))
  expect(states('postgres')).toEqual(['down'])
})
