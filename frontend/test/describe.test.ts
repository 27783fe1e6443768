import { expect, test } from 'vitest'
import { describeSystem, isOut } from '../src/map/describe.ts'
import { afterOutage, afterStatus, UNKNOWN_SYSTEM } from '../src/system.ts'
import { replica, status } from './status.ts'

const system = (...replicas: ReturnType<typeof replica>[]) => afterStatus(UNKNOWN_SYSTEM, status(replicas), 0)
const both = system(replica('a'), replica('b'))

test('says that all is well', () => {
  expect(describeSystem(both)).toBe('All components are up.')
})

test.for([
  [{ redis: 'down' }, 'Redis is down: Postgres counts the visits.'],
  [{ postgres: 'down' }, 'Postgres is down: Redis counts the visits and keeps them until Postgres is back.'],
  [{ redis: 'down', postgres: 'down' }, 'Redis and Postgres are down: no visit can be counted.'],
] as const)('says what a store that is down means for visits: %j', ([stores, sentence]) => {
  expect(describeSystem(system(replica('a', stores)))).toBe(sentence)
})

test('says that only some backends reach a store', () => {
  expect(describeSystem(system(replica('a', { redis: 'down' }), replica('b')))).toBe(
    'Some backends cannot reach Redis.',
  )
})

test('says which backends are down', () => {
  expect(describeSystem(afterStatus(both, status([replica('a')]), 1))).toBe('Backend b is down.')
  const three = system(replica('a'), replica('b'), replica('c'))
  expect(describeSystem(afterStatus(three, status([replica('a')]), 1))).toBe('Backends b and c are down.')
})

test.for([
  ['unreachable', 'Nginx does not answer.'],
  ['no-backend', 'Nginx answers, but no backend does.'],
  ['silent', 'No answer within a second: a component may be frozen or overloaded.'],
] as const)('says what does not answer: %s', ([outage, sentence]) => {
  expect(describeSystem(afterOutage(both, outage, 1))).toBe(sentence)
})

test('the system is out when no visit can be counted', () => {
  expect(isOut(both)).toBe(false)
  expect(isOut(system(replica('a', { redis: 'down' })))).toBe(false)
  expect(isOut(system(replica('a', { redis: 'down', postgres: 'down' })))).toBe(true)
  expect(isOut(afterOutage(both, 'unreachable', 1))).toBe(true)
  expect(isOut(afterOutage(both, 'no-backend', 1))).toBe(true)
  expect(isOut(UNKNOWN_SYSTEM)).toBe(false)
})
