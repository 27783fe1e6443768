import { expect, test, vi } from 'vitest'
import { StoreDownError } from '../src/circuit.ts'
import { closedCircuit, newCircuit } from './helpers/circuit.ts'
import { deferred } from './helpers/deferred.ts'

const answer = async () => 'answer'

test('a new circuit is open until the first probe succeeds', async () => {
  const { circuit, probe } = newCircuit()
  const started = circuit.start(1_000)
  await expect(circuit.run(answer)).rejects.toThrow(StoreDownError)
  ;(await probe(0)).resolve()
  await started
  expect(await circuit.run(answer)).toBe('answer')
})

test('the start does not wait for a store that stays down, and the probes go on', async () => {
  const { circuit, probe } = newCircuit()
  await circuit.start(20)
  expect(circuit.up).toBe(false)
  ;(await probe(0)).reject(new Error('refused'))
  ;(await probe(1)).resolve()
  await vi.waitUntil(() => circuit.up)
})

test('calls are rejected, not kept waiting, while a probe runs', async () => {
  const { circuit, probe } = await closedCircuit()
  circuit.trip(new Error('dropped'))
  await probe(0)
  await expect(circuit.run(answer)).rejects.toThrow(StoreDownError)
})

test('a failed probe leaves the circuit open, and the next one that succeeds closes it', async () => {
  const { circuit, probe } = await closedCircuit()
  circuit.trip(new Error('dropped'))
  ;(await probe(0)).reject(new Error('still down'))
  const second = await probe(1)
  expect(circuit.up).toBe(false)
  second.resolve()
  await vi.waitUntil(() => circuit.up)
  expect(await circuit.run(answer)).toBe('answer')
})

test('probes do not overlap, however many failures there are', async () => {
  const { circuit, probes, probe } = await closedCircuit()
  for (let i = 0; i < 3; i++) circuit.trip(new Error('dropped'))
  await probe(0)
  for (let i = 0; i < 3; i++) circuit.trip(new Error('dropped'))
  expect(probes).toHaveLength(1)
})

test('a failure that is reported while a probe runs does not keep the circuit open for ever', async () => {
  const { circuit, probes, probe } = await closedCircuit()
  circuit.trip(new Error('dropped'))
  await probe(0)
  circuit.trip(new Error('another connection was dropped'))
  await vi.waitUntil(() => {
    for (const { resolve } of probes) resolve()
    return circuit.up
  })
})

test('a call that was in flight and fails just after the probe succeeded does not, either', async () => {
  const { circuit, probes, probe } = await closedCircuit()
  const slow = deferred<never>()
  const call = circuit.run(() => slow.promise).catch(() => {})
  circuit.trip(new Error('dropped'))
  const first = await probe(0)
  first.resolve()
  slow.reject(new Error('dropped, too'))
  await call
  await vi.waitUntil(() => {
    for (const { resolve } of probes) resolve()
    return circuit.up
  })
})
