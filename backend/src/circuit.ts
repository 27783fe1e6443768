import { setTimeout as delay } from 'node:timers/promises'
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel'
import type { Logger } from 'pino'

const PROBE_EVERY_MS = 250
const NOT_CONNECTED = 'not connected yet'

/** A timeout and a circuit breaker around the calls to one store. */
export interface Circuit {
  readonly up: boolean
  /** Runs a call; rejects when it fails or takes too long, and at once (StoreDownError) while the store is down. */
  run<T>(call: () => Promise<T>): Promise<T>
  /** Takes the store as down until a probe succeeds. */
  trip(error: Error): void
  /** Begins with the store taken as down; resolves when it is up, or after `limitMs`. */
  start(limitMs: number): Promise<void>
  stop(): void
}

/** The circuit was open, so the call was not sent. */
export class StoreDownError extends Error {}

/**
 * The first failure opens the circuit, and only a successful `probe` closes it again. Visits never serve as
 * probes: each would wait for the timeout, and a frozen store would count it once more when it thaws.
 */
export function createCircuit(options: {
  name: string
  timeoutMs: number
  probe: () => Promise<unknown>
  log: Logger
}): Circuit {
  const { name, log } = options
  const breaker = circuitBreaker(handleAll, { breaker: new ConsecutiveBreaker(1), halfOpenAfter: 0 })
  const stopping = new AbortController()
  let recovery: Promise<void> | undefined

  async function recover(cause: string): Promise<void> {
    let reason = NOT_CONNECTED
    function report(message: string) {
      if (message !== reason) log.warn(`${name} is down: ${message}`)
      reason = message
    }
    report(cause)
    for (let waitMs = 0; breaker.state !== CircuitState.Closed; waitMs = PROBE_EVERY_MS) {
      await delay(waitMs, undefined, { signal: stopping.signal })
      await breaker.execute(options.probe).catch((error: Error) => report(error.message))
    }
    log.info(`${name} is up`)
  }

  breaker.onBreak((failure) => {
    if (recovery) return
    const cause = 'error' in failure ? failure.error.message : ''
    const stopped = () => {}
    recovery = recover(cause)
      .catch(stopped)
      .finally(() => {
        recovery = undefined
      })
  })

  function trip(error: Error): void {
    breaker.execute(() => Promise.reject(error)).catch(() => {})
  }

  return {
    get up() {
      return breaker.state === CircuitState.Closed
    },
    async run(call) {
      // Asked here because a half-open breaker would let the call wait for the probe.
      if (breaker.state !== CircuitState.Closed) throw new StoreDownError(`${name} is down`)
      return breaker.execute(() => within(options.timeoutMs, call))
    },
    trip,
    async start(limitMs) {
      trip(new Error(NOT_CONNECTED))
      await delay(0)
      await Promise.race([recovery, delay(limitMs)])
    },
    stop: () => stopping.abort(),
  }
}

/** What the call returns; rejects when that takes longer than `limitMs`. */
function within<T>(limitMs: number, call: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timeout = new Error(`no answer within ${limitMs} ms`)
    // One more turn of the event loop: the answer may be there, and this process was too busy to read it.
    const timer = setTimeout(() => setImmediate(reject, timeout), limitMs)
    call()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer))
  })
}
