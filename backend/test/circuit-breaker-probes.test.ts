import { expect, test, vi } from 'vitest'
import { NotSentError } from '../src/lib/circuit-breaker.ts'
import { closedBreaker, newBreaker } from './helpers/circuit-breaker.ts'
import { deferred } from './helpers/deferred.ts'

const answer = async () => 'answer'

test('a new circuit is open until the first probe succeeds', async () => {
  const { breaker, probe } = newBreaker()
  const started = breaker.start(1_000)
  await expect(breaker.run(answer)).rejects.toThrow(NotSentError)
  ;(await probe(0)).resolve()
  await started
  expect(await breaker.run(answer)).toBe('answer')
})

test('the start does not wait for a store that stays down, and the probes go on', async () => {
  const { breaker, probe } = newBreaker()
  await breaker.start(20)
  expect(breaker.closed).toBe(false)
  ;(await probe(0)).reject(new Error('refused'))
  ;(await probe(1)).resolve()
  await vi.waitUntil(() => breaker.closed)
})

test('calls are rejected, not kept waiting, while a probe runs', async () => {
  const { breaker, probe } = await closedBreaker()
  breaker.trip(new Error('dropped'))
  await probe(0)
  await expect(breaker.run(answer)).rejects.toThrow(NotSentError)
})

test('a failed probe leaves the circuit open, and the next one that succeeds closes it', async () => {
  const { breaker, probe } = await closedBreaker()
  breaker.trip(new Error('dropped'))
  ;(await probe(0)).reject(new Error('still down'))
  const second = await probe(1)
  expect(breaker.closed).toBe(false)
  second.resolve()
  await vi.waitUntil(() => breaker.closed)
  expect(await breaker.run(answer)).toBe('answer')
})

test('probes do not overlap, however many failures there are', async () => {
  const { breaker, probes, probe } = await closedBreaker()
  for (let i = 0; i < 3; i++) breaker.trip(new Error('dropped'))
  await probe(0)
  for (let i = 0; i < 3; i++) breaker.trip(new Error('dropped'))
  expect(probes).toHaveLength(1)
})

test('a probe during which a call failed does not close the circuit; the next one does', async () => {
  const { breaker, probe } = await closedBreaker()
  breaker.trip(new Error('dropped'))
  const first = await probe(0)
  breaker.trip(new Error('another connection was dropped'))
  first.resolve()
  await new Promise(setImmediate)
  expect(breaker.closed).toBe(false)
  ;(await probe(1)).resolve()
  await vi.waitUntil(() => breaker.closed)
})

test('a failure that is reported while a probe runs does not keep the circuit open for ever', async () => {
  const { breaker, probes, probe } = await closedBreaker()
  breaker.trip(new Error('dropped'))
  await probe(0)
  breaker.trip(new Error('another connection was dropped'))
  await vi.waitUntil(() => {
    for (const { resolve } of probes) resolve()
    return breaker.closed
  })
})

test('a call that was in flight and fails just after the probe succeeded does not, either', async () => {
  const { breaker, probes, probe } = await closedBreaker()
  const slow = deferred<never>()
  const call = breaker.run(() => slow.promise).catch(() => {})
  breaker.trip(new Error('dropped'))
  const first = await probe(0)
  first.resolve()
  slow.reject(new Error('dropped, too'))
  await call
  await vi.waitUntil(() => {
    for (const { resolve } of probes) resolve()
    return breaker.closed
  })
})
