import { beforeEach, expect, test } from 'vitest'
import type { Visit } from '../src/api.ts'
import { find } from '../src/dom.ts'
import type { State } from '../src/state.ts'
import { showVisit } from '../src/visit.ts'
import { openPage, text } from './page.ts'

beforeEach(openPage)

/** Shows states of the visit one after the other, as they follow each other on the page. */
function show(...states: State<Visit>[]) {
  for (const state of states) showVisit(find(document, '#visit'), state)
}

const loading = { status: 'loading' } as const
const fromRedis = {
  status: 'loaded',
  answer: { count: 1234567, source: 'redis', servedByHost: '3f2a' },
} as const
const fromPostgres = { status: 'loaded', answer: { ...fromRedis.answer, source: 'postgres' } } as const
const failed = { status: 'failed', message: 'Neither store answered.' } as const

test('says that the visit is being counted', () => {
  show(loading)
  expect(text('#count')).toBe('…')
  expect(find(document, '#visit').getAttribute('aria-busy')).toBe('true')
})

test('shows the count in the visitor’s locale, and as it is for programs', () => {
  show(loading, fromRedis)
  expect(text('#count')).toBe((1234567).toLocaleString())
  expect(find(document, '#count').dataset.count).toBe('1234567')
  expect(find(document, '#visit').getAttribute('aria-busy')).toBe('false')
})

test('shows who answered', () => {
  show(fromRedis)
  expect(text('#source')).toBe('Redis')
  expect(text('#host')).toBe('3f2a')
  expect(find(document, '#fallback').hidden).toBe(true)
})

test('explains that Postgres counted because Redis did not answer', () => {
  show(fromPostgres)
  expect(text('#source')).toBe('Postgres')
  expect(find(document, '#fallback').hidden).toBe(false)
  expect(text('#fallback')).toMatch(/Redis did not answer.*Postgres/)
})

test('keeps the last number while it counts again', () => {
  show(fromRedis, loading)
  expect(find(document, '#count').dataset.count).toBe('1234567')
  expect(text('#source')).toBe('Redis')
})

test('keeps a higher number that came meanwhile', () => {
  show(fromRedis, { status: 'loaded', answer: { ...fromRedis.answer, count: 1234566 } })
  expect(find(document, '#count').dataset.count).toBe('1234567')
})

test('shows an error and the way to try again, and no old number', () => {
  show(fromPostgres, failed)
  expect(text('#visit-error')).toBe('Neither store answered.')
  expect(find(document, '#visit-failure').hidden).toBe(false)
  expect(text('#count')).toBe('–')
  expect(find(document, '#count').dataset.count).toBeUndefined()
  expect(find(document, '#fallback').hidden).toBe(true)
})

test('takes the error away while it tries again', () => {
  show(failed, loading)
  expect(text('#visit-error')).toBe('')
  expect(find(document, '#visit-failure').hidden).toBe(true)
})
