import { expect, test } from 'vitest'
import { describeBurst, describeFailure, describeVisit } from '../src/outcome.ts'
import { ApiError } from '../src/request.ts'
import { timedVisit } from './status.ts'

const busy = new ApiError('Too many visits.', 'answered', 429)
const timeout = new ApiError('The server did not answer within 5 seconds.', 'timeout')

test('says which backend counted a visit, where, and how long it took', () => {
  expect(describeVisit(timedVisit(1234567))).toBe(
    'Backend a counted visit 1,234,567 in Redis. The server took 12 ms.',
  )
})

test('says that Postgres counted because Redis did not answer', () => {
  expect(describeVisit({ ...timedVisit(43), source: 'postgres' })).toBe(
    'Backend a counted visit 43 in Postgres, because Redis did not answer. The server took 12 ms.',
  )
})

test.for([
  [503, 'Your visit was not counted. Why.'],
  [429, 'Your visit was not counted. Why.'],
  [504, 'Your visit may have been counted. Why.'],
  [500, 'Your visit may have been counted. Why.'],
] as const)('says whether the visit may have been counted: %s', ([status, sentence]) => {
  expect(describeFailure(new ApiError('Why.', 'answered', status))).toBe(sentence)
})

test('without an answer, the visit may have been counted', () => {
  expect(describeFailure(timeout)).toBe(`Your visit may have been counted. ${timeout.message}`)
})

test('a burst: says that all numbers are different, and tells the server’s time from the time of the burst', () => {
  const visits = Array.from({ length: 100 }, (_, index) => timedVisit(43 + index, 'a', 5 + index))
  expect(describeBurst(visits, [], 312)).toBe(
    '100 visits got 100 different numbers, 43 to 142. Each took the server 5.0 ms to 104 ms. ' +
      'The burst took 312 ms, because most visits waited in the browser.',
  )
})

test('a burst: shows that a number came twice', () => {
  expect(describeBurst([timedVisit(43), timedVisit(43)], [], 9.87)).toMatch(
    /^2 visits got 1 different number, /,
  )
})

test('a burst: says how many visits failed and why, and which of them may have been counted', () => {
  expect(describeBurst([], [busy, timeout, busy], 5)).toBe(
    `2 visits were not counted. ${busy.message} 1 visit may have been counted. ${timeout.message}`,
  )
})
