import { setImmediate as nextTurn } from 'node:timers/promises'

export type StoreName = 'redis' | 'postgres'

/** A call from a backend to a store. The store runs it when it arrives; the backend goes on when the answer does. */
interface Call {
  from: number
  to: StoreName
  run(): Promise<unknown>
  answer?: { value: unknown } | { error: Error }
  resolve(value: unknown): void
  reject(error: Error): void
}

/** Lets backends and timers go on as far as they can. */
export async function flushPromises(): Promise<void> {
  // A timeout of the circuit breaker takes one turn of the event loop, and what follows from it another one.
  for (let turn = 0; turn < 3; turn++) await nextTurn()
}

/**
 * Between the backends and their stores. Calls and answers wait here until the test delivers them, so that an answer can
 * be late or get lost. One thing happens at a time, so a run is the same whenever it is repeated.
 */
export function createNetwork() {
  let calls: Call[] = []
  const cut = new Set<string>()
  const refusing = new Set<StoreName>()

  const link = (from: number, to: StoreName) => `${from} ${to}`

  /** The call arrives at its store, or, if it has, its answer arrives at the backend. */
  async function deliver(call: Call): Promise<void> {
    if (!call.answer) {
      call.answer = await call.run().then(
        (value) => ({ value }),
        (error: Error) => ({ error }),
      )
      return
    }
    calls = calls.filter((other) => other !== call)
    if ('error' in call.answer) call.reject(call.answer.error)
    else call.resolve(call.answer.value)
    await flushPromises()
  }

  return {
    refusing,
    /** Sends a call; rejects with `notSent` where the connection is cut. */
    send<T>(from: number, to: StoreName, run: () => Promise<T>, notSent: () => Error): Promise<T> {
      if (cut.has(link(from, to))) return Promise.reject(notSent())
      return new Promise((resolve, reject) => {
        calls.push({ from, to, run, resolve: resolve as (value: unknown) => void, reject })
      })
    },

    /** Delivers calls and answers, those of one backend or of all, up to a limit; begins with the one picked. */
    async deliver(limit: number, pick = 0, from?: number): Promise<void> {
      for (let delivered = 0; delivered < limit; delivered++) {
        const mine = calls.filter((call) => from === undefined || call.from === from)
        const call = mine[delivered === 0 ? pick % mine.length : 0]
        if (!call) return
        await deliver(call)
      }
    },

    /** Ends a connection: answers on it are lost, and calls that are under way may still arrive, `late`, or not. */
    async drop(from: number, to: StoreName, late: boolean): Promise<void> {
      const dropped = calls.filter((call) => call.from === from && call.to === to)
      calls = calls.filter((call) => !dropped.includes(call))
      for (const { reject } of dropped) reject(new Error('connection lost'))
      if (late) {
        // Nobody waits for these any more.
        calls.push(
          ...dropped
            .filter(({ answer }) => !answer)
            .map((call) => ({ ...call, from: -1, resolve() {}, reject() {} })),
        )
      }
      await flushPromises()
    },

    /** What was under way to a store that restarts, and nobody waits for, never arrives. */
    forgetLate(to: StoreName): void {
      calls = calls.filter((call) => call.to !== to || call.from >= 0)
    },

    cut: (from: number, to: StoreName) => cut.add(link(from, to)),
    heal() {
      cut.clear()
      refusing.clear()
    },
  }
}
