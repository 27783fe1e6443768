import { expect, test } from 'vitest'
import { afterOutage, afterStatus, type System, UNKNOWN_SYSTEM } from '../src/system.ts'
import { replica, status } from './status.ts'

const both = status([replica('a'), replica('b')])
const backends = (system: System) => system.backends.map(({ host, state }) => `${host} ${state}`)

test('every component that works is up', () => {
  const system = afterStatus(UNKNOWN_SYSTEM, both, 0)
  expect(system.nginx).toBe('up')
  expect(system.redis.state).toBe('up')
  expect(system.postgres.state).toBe('up')
  expect(backends(system)).toEqual(['a up', 'b up'])
})

test('a store that no replica reaches is down, and the replicas are degraded', () => {
  const system = afterStatus(UNKNOWN_SYSTEM, status([replica('a', { redis: 'down' })]), 0)
  expect(system.redis.state).toBe('down')
  expect(system.postgres.state).toBe('up')
  expect(backends(system)).toEqual(['a degraded'])
})

test('a store that only some replicas reach is degraded', () => {
  const system = afterStatus(UNKNOWN_SYSTEM, status([replica('a', { postgres: 'down' }), replica('b')]), 0)
  expect(system.postgres.state).toBe('degraded')
  expect(backends(system)).toEqual(['a degraded', 'b up'])
})

test('a replica that is gone is down, until it is dropped after 30 s', () => {
  const seen = afterStatus(UNKNOWN_SYSTEM, both, 0)
  const one = status([replica('b')])
  expect(backends(afterStatus(seen, one, 500))).toEqual(['a down', 'b up'])
  expect(backends(afterStatus(seen, one, 29_999))).toEqual(['a down', 'b up'])
  expect(backends(afterStatus(seen, one, 30_000))).toEqual(['b up'])
})

test('a replica that comes back is up again', () => {
  const seen = afterStatus(UNKNOWN_SYSTEM, both, 0)
  const gone = afterStatus(seen, status([replica('b')]), 500)
  expect(backends(afterStatus(gone, both, 1000))).toEqual(['a up', 'b up'])
})

test('without a backend nginx is up, the backends are down, and the stores are unknown', () => {
  const system = afterOutage(afterStatus(UNKNOWN_SYSTEM, both, 0), 'no-backend', 500)
  expect(system.nginx).toBe('up')
  expect(backends(system)).toEqual(['a down', 'b down'])
  expect([system.redis.state, system.postgres.state]).toEqual(['unknown', 'unknown'])
})

test.for([
  ['unreachable', 'down'],
  ['silent', 'unknown'],
] as const)('when the server is %s, nginx is %s and all behind it unknown', ([outage, nginx]) => {
  const system = afterOutage(afterStatus(UNKNOWN_SYSTEM, both, 0), outage, 500)
  expect(system.nginx).toBe(nginx)
  expect(backends(system)).toEqual(['a unknown', 'b unknown'])
  expect([system.redis.state, system.postgres.state]).toEqual(['unknown', 'unknown'])
  expect(system.unsaved).toBeNull()
})
