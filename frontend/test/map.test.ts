import { beforeEach, expect, test } from 'vitest'
import { find } from '../src/dom.ts'
import { startMap } from '../src/map/start.ts'
import { openPage, states, text } from './page.ts'
import { replica, status, timedVisit } from './status.ts'

let map: ReturnType<typeof startMap>

beforeEach(() => {
  openPage()
  map = startMap(find(document, '#map'))
})

const ways = () =>
  [...document.querySelectorAll<SVGElement>('.ways > g')].map(({ dataset }) => ({ ...dataset }))

test('shows every part, and its state in words', () => {
  map.showStatus(status([replica('3f2a9c0d1e2f3a4b'), replica('b', { postgres: 'down' })]))
  expect(states('browser')).toEqual(['up'])
  expect(states('nginx')).toEqual(['up'])
  expect(states('backend')).toEqual(['up', 'degraded'])
  expect(states('redis')).toEqual(['up'])
  expect(states('postgres')).toEqual(['degraded'])
  expect(text('[data-host="3f2a9c0d1e2f3a4b"] .host')).toBe('3f2a9c0d1e2f')
  expect(text('[data-host="b"] .state')).toBe('degraded')
})

test('a replica that is gone is down, and says so once', () => {
  map.showStatus(status([replica('a'), replica('b')]))
  expect(text('#changes')).toBe('')
  map.showStatus(status([replica('a')]))
  expect(states('backend')).toEqual(['up', 'down'])
  expect(text('#changes')).toBe('Backend b is down.')
})

test('without a server, nginx is down and the rest unknown', () => {
  map.showStatus(status([replica('a')]))
  map.showOutage('unreachable')
  expect(states('nginx')).toEqual(['down'])
  expect(states('backend')).toEqual(['unknown'])
  expect(states('redis')).toEqual(['unknown'])
  expect(text('#changes')).toBe('Nginx is down.')
})

test('shows how many visits wait, as a number and as dots', () => {
  map.showStatus(status([replica('a')], { unsaved: 25 }))
  expect(find(document, '#unsaved').dataset.unsaved).toBe('25')
  expect(text('#unsaved')).toBe('25 visits unsaved')
  expect(document.querySelectorAll('#unsaved .dots i')).toHaveLength(12)
  expect(find(document, '#unsaved .dots').dataset.more).toBe('+13')

  map.showStatus(status([replica('a')], { unsaved: 0 }))
  expect(find(document, '#unsaved').dataset.unsaved).toBe('0')
  expect(text('#unsaved')).toBe('all visits saved')
  expect(document.querySelectorAll('#unsaved .dots i')).toHaveLength(0)
})

test('says it when nobody knows how many wait', () => {
  map.showStatus(status([replica('a')], { unsaved: 25 }))
  map.showStatus(status([replica('a', { redis: 'down' })], { unsaved: null }))
  expect(find(document, '#unsaved').dataset.unsaved).toBeUndefined()
  expect(text('#unsaved')).toBe('unsaved: unknown')
})

test('lights the way of a visit, with its time', () => {
  map.showStatus(status([replica('a')]))
  map.showVisit(timedVisit(43))
  expect(ways()).toEqual([{ via: 'a', store: 'redis' }])
  expect(text('.time')).toBe('12 ms')
  expect(find(document, '.time').hidden).toBe(false)
})

test('lights the way of a visit that came before its backend was known', () => {
  map.showVisit(timedVisit(43))
  expect(ways()).toEqual([])
  map.showStatus(status([replica('a')]))
  expect(ways()).toEqual([{ via: 'a', store: 'redis' }])
})

test('lights the way of a visit that came before the news that its store is up again', () => {
  map.showStatus(status([replica('a', { redis: 'down' })]))
  map.showVisit(timedVisit(43))
  expect(ways()).toEqual([])
  map.showStatus(status([replica('a')]))
  expect(ways()).toEqual([{ via: 'a', store: 'redis' }])
})

test('a way gets dark when a part on it goes down', () => {
  map.showStatus(status([replica('a')]))
  map.showVisit(timedVisit(43))
  map.showStatus(status([replica('b')]))
  expect(ways()).toEqual([])
})

test('tells the way of a visit in words', () => {
  map.describeVisit(timedVisit(43))
  expect(text('#way')).toBe('Visit 43 went through backend a and was counted in Redis in 12 ms.')
})
