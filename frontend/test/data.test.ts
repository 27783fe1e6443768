import { beforeEach, expect, test } from 'vitest'
import type { Data } from '../src/api.ts'
import { showData } from '../src/data.ts'
import { find } from '../src/dom.ts'
import type { State } from '../src/state.ts'
import { openPage, text } from './page.ts'

beforeEach(openPage)

/** Shows states of the data one after the other, as they follow each other on the page. */
function show(...states: State<Data>[]) {
  for (const state of states) showData(find(document, '#data'), state)
}

const timestamp = '2026-03-01T12:30:00.000Z'
const loading = { status: 'loading' } as const
const loaded = { status: 'loaded', answer: { message: 'Hello', timestamp, servedByHost: '3f2a' } } as const
const failed = { status: 'failed', message: 'The server could not be reached.' } as const

test('says that it is loading', () => {
  show(loading)
  expect(text('#data-status')).toBe('Loading…')
  expect(find(document, '#data dl').getAttribute('aria-busy')).toBe('true')
})

test('shows the answer', () => {
  show(loading, loaded)
  expect(text('#data-message')).toBe('Hello')
  expect(text('#data-host')).toBe('3f2a')
  expect(text('#data-status')).toBe('')
})

test('shows the time as the visitor’s clock has it, and as UTC for programs', () => {
  show(loaded)
  expect(text('#data-timestamp')).toBe(new Date(timestamp).toLocaleString())
  expect(find(document, '#data-timestamp').getAttribute('datetime')).toBe(timestamp)
})

test('shows an error, and no old answer', () => {
  show(loaded, failed)
  expect(text('#data-status')).toBe('The server could not be reached.')
  expect(text('#data-message')).toBe('–')
  expect(text('#data-host')).toBe('–')
  expect(find(document, '#data-timestamp').hasAttribute('datetime')).toBe(false)
})
