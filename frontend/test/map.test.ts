import { beforeEach, expect, test } from 'vitest'
import { find } from '../src/dom.ts'
import { createMap } from '../src/map/map.ts'
import { openPage, states, text } from './page.ts'
import { replica, status, timedVisit } from './status.ts'

let map: ReturnType<typeof createMap>

beforeEach(() => {
  openPage()
  map = createMap(find(document, '#map'))
})

/** The lit connections, each with the host and the store that it leads to. */
const lit = () =>
  [...document.querySelectorAll<SVGElement>('.connections [data-is-lit="true"]')].map(
    ({ dataset: { host, store } }) => [host, store].filter(Boolean).join(' to ') || 'nginx',
  )

test('before the first answer, everything behind the browser is unknown', () => {
  expect(states('browser')).toEqual(['up'])
  expect(states('nginx')).toEqual(['unknown'])
  expect(states('backend')).toEqual(['unknown'])
  expect(states('redis')).toEqual(['unknown'])
  expect(text('#unsaved')).toBe('unsaved: unknown')
})

test('shows every component and its state in words', () => {
  map.showStatus(status([replica('3f2a9c0d1e2f3a4b'), replica('b', { postgres: 'down' })]))
  expect(states('nginx')).toEqual(['up'])
  expect(states('backend')).toEqual(['up', 'degraded'])
  expect(states('redis')).toEqual(['up'])
  expect(states('postgres')).toEqual(['degraded'])
  expect(text('[data-host="3f2a9c0d1e2f3a4b"] .host')).toBe('3f2a9c0d1e2f')
  expect(text('[data-host="b"] .state')).toBe('degraded')
})

test('shows how many visits are unsaved, in words', () => {
  map.showStatus(status([replica('a')], { unsaved: 25 }))
  expect(find(document, '#unsaved').dataset.unsaved).toBe('25')
  expect(text('#unsaved')).toBe('25 visits unsaved')

  map.showStatus(status([replica('a')], { unsaved: 0 }))
  expect(find(document, '#unsaved').dataset.unsaved).toBe('0')
  expect(text('#unsaved')).toBe('all visits saved')
})

test('does not claim a number of unsaved visits when it is unknown', () => {
  map.showStatus(status([replica('a')], { unsaved: 25 }))
  map.showStatus(status([replica('a', { redis: 'down' })], { unsaved: null }))
  expect(find(document, '#unsaved').dataset.unsaved).toBeUndefined()
  expect(text('#unsaved')).toBe('unsaved: unknown')
})

test('lights the path of a visit and no other', () => {
  map.showStatus(status([replica('a'), replica('b')]))
  map.showVisit(timedVisit(43))
  expect(lit()).toEqual(['nginx', 'a', 'a to redis'])
})

test('lights the path of a visit as soon as a status shows that it is open', () => {
  map.showStatus(status([replica('a', { redis: 'down' })]))
  map.showVisit(timedVisit(43))
  expect(lit()).toEqual(['nginx', 'a'])
  map.showStatus(status([replica('a')]))
  expect(lit()).toEqual(['nginx', 'a', 'a to redis'])
})

test('a connection to a component that goes down is not lit', () => {
  map.showStatus(status([replica('a')]))
  map.showVisit(timedVisit(43))
  map.showStatus(status([replica('b')]))
  expect(lit()).toEqual(['nginx'])
})
