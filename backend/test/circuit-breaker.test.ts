import { stat } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { NotSentError } from '../src/lib/circuit-breaker.ts'
import { closedBreaker } from './helpers/circuit-breaker.ts'

const answer = async () => 'answer'
const failure = () => Promise.reject(new Error('refused'))
const never = () => new Promise<never>(() => {})

test('a call that succeeds goes through, and the circuit stays closed', async () => {
  const { breaker, probes } = await closedBreaker()
  expect(await breaker.run(answer)).toBe('answer')
  expect(breaker.closed).toBe(true)
  expect(probes).toHaveLength(0)
})

test('the first failure opens the circuit: later calls are rejected at once and never sent', async () => {
  const { breaker } = await closedBreaker()
  await expect(breaker.run(failure)).rejects.toThrow('refused')
  const later = vi.fn(answer)
  await expect(breaker.run(later)).rejects.toThrow(NotSentError)
  expect(breaker.closed).toBe(false)
  expect(later).not.toHaveBeenCalled()
})

test('a call without an answer fails after the time limit, and opens the circuit', async () => {
  const { breaker } = await closedBreaker()
  const startedAt = performance.now()
  await expect(breaker.run(never)).rejects.toThrow('no answer within 50 ms')
  expect(performance.now() - startedAt).toBeLessThan(500)
  expect(breaker.closed).toBe(false)
})

test('an answer that was there in time counts, though this process was too busy to read it', async () => {
  const { breaker } = await closedBreaker()
  await stat('.') // after an answer, the event loop looks at its timers before it reads the next answers
  const call = breaker.run(() => stat('.'))
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100) // blocks the event loop for 100 ms
  await expect(call).resolves.toBeDefined()
  expect(breaker.closed).toBe(true)
})
