import { beforeEach, expect, test, vi } from 'vitest'
import { find } from '../src/dom.ts'
import { addToHistory } from '../src/history.ts'
import { showMany, visitMany } from '../src/many.ts'
import { openPage, text } from './page.ts'
import { timedVisit } from './status.ts'

beforeEach(openPage)

const hundred = Array.from({ length: 100 }, (_, index) => timedVisit(43 + index, index % 4 ? 'b' : 'a'))
const result = () => find(document, '#many-result')
const rows = () => [...document.querySelectorAll('#history tbody tr')]

test('visits at once, without waiting for an answer', async () => {
  const record = vi.fn(async () => timedVisit(record.mock.calls.length))
  const answered = visitMany(100, record)
  expect(record).toHaveBeenCalledTimes(100)
  expect((await answered).visits).toHaveLength(100)
})

test('shows that all numbers are different, how fast, and who counted how many', () => {
  showMany(result(), { visits: hundred, errors: [], ms: 312 })
  expect(text('#many-result p')).toBe('100 visits, 100 different numbers (43 to 142) in 312 ms')
  expect(text('#many-result')).toContain('a: 25')
  expect(text('#many-result')).toContain('b: 75')
  expect(result().dataset.distinct).toBe('100')
})

test('shows it when a number came twice', () => {
  showMany(result(), { visits: [timedVisit(43), timedVisit(43)], errors: [], ms: 9.87 })
  expect(text('#many-result p')).toBe('2 visits, 1 different number (43 to 43) in 9.9 ms')
  expect(result().dataset.distinct).toBe('1')
})

test('tells why visits were not counted', async () => {
  const fail = async () => Promise.reject(new Error('Too many visits.'))
  showMany(result(), await visitMany(3, fail))
  expect(text('#many-result')).toBe('3 not counted: Too many visits.')
  expect(result().dataset.distinct).toBe('0')
})

test('the table has the newest 20 visits, the newest first', () => {
  for (const visit of hundred) addToHistory(find(document, '#history tbody'), visit)
  expect(rows()).toHaveLength(20)
  expect(rows()[0]?.querySelector('th')?.textContent).toBe('142')
  expect([...(rows()[0]?.querySelectorAll('td') ?? [])].map((cell) => cell.textContent)).toEqual([
    'Redis',
    'b',
    '12 ms',
  ])
})
