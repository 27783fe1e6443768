import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'

const PROBE_EVERY_MS = 250
const GRACE_MS = 50
const NOT_CONNECTED = 'not connected yet'

/** A timeout and a circuit breaker around the calls to one store. */
export interface Circuit {
  readonly up: boolean
  /** Runs a call; rejects when it fails or takes too long, and at once (StoreDownError) while the store is down. */
  run<T>(call: () => Promise<T>): Promise<T>
  /** Takes the store as down until a probe succeeds. */
  trip(error: Error): void
  /** Begins to probe; resolves when the store is up, or after `limitMs`. */
  start(limitMs: number): Promise<void>
  stop(): void
}

/** The circuit was open, so the call was not sent. */
export class StoreDownError extends Error {}

/**
 * Begins open. A successful `probe` closes the circuit, and the first failure opens it again.
 *
 * Breakers from libraries let an ordinary call try whether the store is back. Here that would be a visit: it
 * would wait for the timeout, and a frozen store would count it once more when it thaws.
 */
export function createCircuit(options: {
  name: string
  timeoutMs: number
  probe: () => Promise<unknown>
  log: Logger
}): Circuit {
  const { name, log } = options
  const stopping = new AbortController()
  let up = false
  let trips = 0

  /** Probes until it succeeds; runs exactly while the circuit is open. */
  async function recover(cause: string): Promise<void> {
    let reason = NOT_CONNECTED
    function report(message: string) {
      if (message !== reason) log.warn(`${name} is down: ${message}`)
      reason = message
    }
    report(cause)
    for (let waitMs = 0; !up; waitMs = PROBE_EVERY_MS) {
      await delay(waitMs, undefined, { signal: stopping.signal })
      const tripsBefore = trips
      try {
        await options.probe()
        up = trips === tripsBefore // what failed meanwhile may be what the probe has just seen working
      } catch (error) {
        report((error as Error).message)
      }
    }
    log.info(`${name} is up`)
  }

  function trip(error: Error): void {
    trips++
    if (!up) return
    up = false
    recover(error.message).catch(() => {}) // stopped
  }

  return {
    get up() {
      return up
    },
    async run(call) {
      if (!up) throw new StoreDownError(`${name} is down`)
      try {
        return await within(options.timeoutMs, call)
      } catch (error) {
        trip(error as Error)
        throw error
      }
    },
    trip,
    async start(limitMs) {
      const recovered = recover(NOT_CONNECTED).catch(() => {}) // stopped
      await Promise.race([recovered, delay(limitMs)])
    },
    stop: () => stopping.abort(),
  }
}

/** The same store, with every call through a circuit. */
export function guard<Store extends Record<string, (...args: never[]) => Promise<unknown>>>(
  store: Store,
  circuit: Circuit,
): Store {
  const guarded = Object.entries(store).map(([name, call]) => [
    name,
    (...args: never[]) => circuit.run(() => call(...args)),
  ])
  return Object.fromEntries(guarded)
}

/** What the call returns; rejects when that takes longer than `limitMs`. */
function within<T>(limitMs: number, call: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timeout = new Error(`no answer within ${limitMs} ms`)
    // In two parts: a process that was too busy to send the call or to read its answer has some time left for it,
    // and one more turn of the event loop.
    let timer = setTimeout(() => {
      timer = setTimeout(() => setImmediate(reject, timeout), GRACE_MS)
    }, limitMs - GRACE_MS)
    call()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer))
  })
}
