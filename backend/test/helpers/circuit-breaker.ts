import { pino } from 'pino'
import { onTestFinished, vi } from 'vitest'
import { createCircuitBreaker } from '../../src/lib/circuit-breaker.ts'
import { type Deferred, deferred } from './deferred.ts'

/** A new circuit, whose probes are answered one by one, by the test. */
export function newBreaker() {
  const probes: Deferred[] = []
  const breaker = createCircuitBreaker({
    name: 'store',
    timeoutMs: 50,
    log: pino({ level: 'silent' }),
    probe() {
      const probe = deferred()
      probes.push(probe)
      return probe.promise
    },
  })
  onTestFinished(breaker.stop)
  return {
    breaker,
    probes,
    /** The probe with this index, as soon as it runs. */
    probe: (index: number) => vi.waitUntil(() => probes[index], { timeout: 5_000 }),
  }
}

/** A circuit that is up; its first probe is forgotten. */
export async function closedBreaker() {
  const { breaker, probes, probe } = newBreaker()
  const started = breaker.start(1_000)
  ;(await probe(0)).resolve()
  await started
  probes.length = 0
  return { breaker, probes, probe }
}
