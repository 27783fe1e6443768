import type { Logger } from 'pino'
import { delay } from './delay.ts'

const PROBE_EVERY_MS = 250
const GRACE_MS = 50

/** The call was not sent: the circuit is open, or there was no connection. */
export class NotSentError extends Error {}

interface CircuitBreakerOptions {
  name: string
  timeoutMs: number
  /** Resolves when the store can do what is asked of it, and rejects when it cannot. Has to end. */
  probe: () => Promise<unknown>
  /** What to do about an error that is a mistake in the configuration; undefined for an outage. */
  advice?: (error: Error) => string | undefined
  log: Logger
}

export type CircuitBreaker = ReturnType<typeof createCircuitBreaker>

/**
 * A time limit and a circuit breaker around the calls to one store. It begins open; a successful probe closes the
 * circuit, and the first failure opens it again.
 *
 * Breakers from libraries let an ordinary call try whether the store is back. A visitor would wait for its timeout, and
 * a frozen store would execute it once more when it thaws.
 */
export function createCircuitBreaker({ name, timeoutMs, probe, advice, log }: CircuitBreakerOptions) {
  const probes = [probe]
  let closed = false
  let stopped = false
  let failures = 0
  let reported = false
  let misconfigured = false

  /** Logs the first reason of an outage, and the first one that a person has to do something about. */
  function report(error: Error): void {
    const todo = advice?.(error)
    if (todo && !misconfigured) {
      misconfigured = true
      log.error(`${name} is down: ${describe(error).replace(/\.$/, '')}. ${todo}`)
    } else if (!reported) {
      log.warn(`${name} is down: ${describe(error)}`)
    }
    reported = true
  }

  /** Runs exactly while the circuit is open. Never rejects. */
  async function probeUntilClosed(): Promise<void> {
    for (let waitMs = 0; !closed; waitMs = PROBE_EVERY_MS) {
      await delay(waitMs)
      if (stopped) return
      const failuresBefore = failures
      try {
        for (const run of probes) await run()
        closed = failures === failuresBefore // what failed during the probe may still be broken
      } catch (error) {
        report(error as Error)
      }
    }
    reported = misconfigured = false
    log.info(`${name} is up`)
  }

  /** Opens the circuit until a probe succeeds. */
  function trip(error: Error): void {
    failures++
    report(error)
    if (!closed) return
    closed = false
    probeUntilClosed()
  }

  return {
    /** Whether calls pass. */
    get closed() {
      return closed
    },
    /** Whether it is open for a reason that only a person can change, such as a wrong password. */
    get misconfigured() {
      return misconfigured
    },
    trip,
    /** Adds what the store has to do before the circuit closes again, after what it had to do so far. */
    addProbe(added: () => Promise<unknown>): void {
      probes.push(added)
    },
    /** Runs a call; rejects when it fails or takes too long, and at once (NotSentError) while the circuit is open. */
    async run<T>(call: () => Promise<T>): Promise<T> {
      if (!closed) throw new NotSentError(`${name} is down`)
      try {
        return await within(timeoutMs, call)
      } catch (error) {
        trip(error as Error)
        throw error
      }
    },
    /** Begins to probe; resolves when the circuit is closed, or after `limitMs`. */
    start: (limitMs: number) => Promise.race([probeUntilClosed(), delay(limitMs)]),
    stop() {
      stopped = true
    },
  }
}

/** A host with several addresses fails with one error for each, and no message of its own. */
function describe(error: Error): string {
  return error.message || (error as AggregateError).errors?.map(({ message }) => message).join(', ')
}

/** What the call returns; rejects when that takes longer than `limitMs`. */
function within<T>(limitMs: number, call: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timeout = new Error(`no answer within ${limitMs} ms`)
    // In two parts, and with one more turn of the event loop: a busy process then still reads an answer that came in time.
    let timer = setTimeout(() => {
      timer = setTimeout(() => setImmediate(reject, timeout), GRACE_MS)
    }, limitMs - GRACE_MS)
    call()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer))
  })
}
