import type { Logger } from 'pino'
import { delay } from './delay.ts'

const PROBE_EVERY_MS = 250
const GRACE_MS = 50

/** The call was not sent: the circuit is open, or there was no connection. */
export class NotSentError extends Error {}

/** A timeout and a circuit breaker around the calls to one store. */
export interface CircuitBreaker {
  /** Whether calls pass. */
  readonly closed: boolean
  /** Whether it is open for a reason that only a person can change, such as a wrong password. */
  readonly misconfigured: boolean
  /** Runs a call; rejects when it fails or takes too long, and at once (NotSentError) while the circuit is open. */
  run<T>(call: () => Promise<T>): Promise<T>
  /** Opens the circuit until a probe succeeds. */
  trip(error: Error): void
  /** Begins to probe; resolves when the circuit is closed, or after `limitMs`. */
  start(limitMs: number): Promise<void>
  stop(): void
}

export interface CircuitBreakerOptions {
  name: string
  timeoutMs: number
  /** Succeeds when the store can do what is asked of it. Has to end, one way or the other. */
  probe: () => Promise<unknown>
  /** What to do about an error that is a mistake in the configuration; undefined for an outage. */
  advice?: (error: Error) => string | undefined
  log: Logger
}

/**
 * Begins open. A successful `probe` closes the circuit, and the first failure opens it again.
 *
 * Breakers from libraries let an ordinary call try whether the store is back. Here that would be a visit: it would wait
 * for the timeout, and a frozen store would count it once more when it thaws.
 */
export function createCircuitBreaker({
  name,
  timeoutMs,
  probe,
  advice,
  log,
}: CircuitBreakerOptions): CircuitBreaker {
  const stopping = new AbortController()
  let closed = false
  let failures = 0
  let reported = false
  let misconfigured = false

  /** Logs the first reason of an outage, and the first one that a person has to do something about. */
  function report(error: Error): void {
    const todo = advice?.(error)
    if (todo && !misconfigured) {
      misconfigured = true
      log.error(`${name} is down: ${error.message}. ${todo}`)
    } else if (!reported) {
      log.warn(`${name} is down: ${error.message}`)
    }
    reported = true
  }

  /** Runs exactly while the circuit is open. Never rejects. */
  async function probeUntilClosed(): Promise<void> {
    for (let waitMs = 0; ; waitMs = PROBE_EVERY_MS) {
      await delay(waitMs, stopping.signal)
      if (stopping.signal.aborted) return
      const failuresBefore = failures
      try {
        await probe()
        closed = failures === failuresBefore // a failure during the probe may be what the probe has just seen working
        if (closed) break
      } catch (error) {
        report(error as Error)
      }
    }
    reported = misconfigured = false
    log.info(`${name} is up`)
  }

  function trip(error: Error): void {
    failures++
    report(error)
    if (!closed) return
    closed = false
    probeUntilClosed()
  }

  return {
    get closed() {
      return closed
    },
    get misconfigured() {
      return misconfigured
    },
    async run(call) {
      if (!closed) throw new NotSentError(`${name} is down`)
      try {
        return await within(timeoutMs, call)
      } catch (error) {
        trip(error as Error)
        throw error
      }
    },
    trip,
    start: (limitMs) => Promise.race([probeUntilClosed(), delay(limitMs)]),
    stop: () => stopping.abort(),
  }
}

/** The same store, with every call through a circuit breaker. */
export function guard<Store extends Record<string, (...args: never[]) => Promise<unknown>>>(
  store: Store,
  breaker: CircuitBreaker,
): Store {
  const guarded = Object.entries(store).map(([name, call]) => [
    name,
    (...args: never[]) => breaker.run(() => call(...args)),
  ])
  return Object.fromEntries(guarded)
}

/** What the call returns; rejects when that takes longer than `limitMs`. */
function within<T>(limitMs: number, call: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timeout = new Error(`no answer within ${limitMs} ms`)
    // In two parts: a process that was too busy to send the call or to read its answer has some time left for it, and
    // one more turn of the event loop.
    let timer = setTimeout(() => {
      timer = setTimeout(() => setImmediate(reject, timeout), GRACE_MS)
    }, limitMs - GRACE_MS)
    call()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer))
  })
}
