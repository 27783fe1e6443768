import { stat } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { StoreDownError } from '../src/circuit.ts'
import { closedCircuit } from './helpers/circuit.ts'

const answer = async () => 'answer'
const failure = () => Promise.reject(new Error('refused'))
const never = () => new Promise<never>(() => {})

test('a call that succeeds goes through, and the circuit stays up', async () => {
  const { circuit, probes } = await closedCircuit()
  expect(await circuit.run(answer)).toBe('answer')
  expect(circuit.up).toBe(true)
  expect(probes).toHaveLength(0)
})

test('the first failure opens the circuit: later calls are rejected at once and never sent', async () => {
  const { circuit } = await closedCircuit()
  await expect(circuit.run(failure)).rejects.toThrow('refused')
  const later = vi.fn(answer)
  await expect(circuit.run(later)).rejects.toThrow(StoreDownError)
  expect(circuit.up).toBe(false)
  expect(later).not.toHaveBeenCalled()
})

test('a call without an answer fails after the time limit, and opens the circuit', async () => {
  const { circuit } = await closedCircuit()
  const startedAt = performance.now()
  await expect(circuit.run(never)).rejects.toThrow('50')
  expect(performance.now() - startedAt).toBeLessThan(500)
  expect(circuit.up).toBe(false)
})

test('an answer that was there in time counts, though this process was too busy to read it', async () => {
  const { circuit } = await closedCircuit()
  await stat('.') // after an answer, the event loop looks at its timers before it reads the next answers
  const call = circuit.run(() => stat('.'))
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100) // blocks the event loop for 100 ms
  await expect(call).resolves.toBeDefined()
  expect(circuit.up).toBe(true)
})
