import { pino } from 'pino'
import { onTestFinished, vi } from 'vitest'
import { createCircuit } from '../../src/circuit.ts'
import { type Deferred, deferred } from './deferred.ts'

/** A new circuit, whose probes are answered one by one, by the test. */
export function newCircuit() {
  const probes: Deferred[] = []
  const circuit = createCircuit({
    name: 'store',
    timeoutMs: 50,
    log: pino({ level: 'silent' }),
    probe() {
      const probe = deferred()
      probes.push(probe)
      return probe.promise
    },
  })
  onTestFinished(circuit.stop)
  return {
    circuit,
    probes,
    /** The probe with this index, as soon as it runs. */
    probe: (index: number) => vi.waitUntil(() => probes[index], { timeout: 5_000 }),
  }
}

/** A circuit that is up; its first probe is forgotten. */
export async function closedCircuit() {
  const { circuit, probes, probe } = newCircuit()
  const started = circuit.start(1_000)
  ;(await probe(0)).resolve()
  await started
  probes.length = 0
  return { circuit, probes, probe }
}
