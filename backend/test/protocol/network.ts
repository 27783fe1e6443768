import { setImmediate as nextTurn } from 'node:timers/promises'

export type StoreName = 'redis' | 'postgres'

/** A backend's call to a store, on its way: the store has not run it yet. */
interface Call {
  from: number
  to: StoreName
  run(): Promise<unknown>
  resolve(result: unknown): void
  reject(error: Error): void
}

/** How a call fails: not run, run but not answered, or given up by its backend while it is still on its way. */
export type Failure = 'refused' | 'unanswered' | 'late'

export type Network = ReturnType<typeof createNetwork>

/**
 * Between the backends and their stores: every call waits here until the test says what becomes of it. Calls
 * run one at a time, so a run is the same whenever it is repeated.
 */
export function createNetwork() {
  let calls: Call[] = []
  /** Calls on their way that nobody waits for any more: from a backend that gave up or crashed. */
  let adrift: Call[] = []

  /** The backends go on as far as they can: until each waits for a call again. */
  async function deliver(call: Call): Promise<void> {
    calls = calls.filter((other) => other !== call)
    call.resolve(await call.run())
    await nextTurn()
  }

  const callsOf = (backend: number) => calls.filter(({ from }) => from === backend)

  return {
    send<T>(from: number, to: StoreName, run: () => Promise<T>): Promise<T> {
      return new Promise((resolve, reject) => {
        calls.push({ from, to, run, resolve: resolve as (result: unknown) => void, reject })
      })
    },

    /** Delivers calls of one backend, also those that follow, up to a limit; begins with the one picked. */
    async deliverFrom(backend: number, limit: number, pick = 0): Promise<void> {
      for (let delivered = 0; delivered < limit; delivered++) {
        const mine = callsOf(backend)
        const call = mine[delivered === 0 ? pick % mine.length : 0]
        if (!call) return
        await deliver(call)
      }
    },

    async deliverAll(): Promise<void> {
      while (adrift.length > 0) await this.deliverAdrift(0)
      while (calls[0]) await deliver(calls[0])
    },

    /** A call arrives that nobody waits for any more. */
    async deliverAdrift(pick: number): Promise<void> {
      const [call] = adrift.splice(pick % adrift.length, 1)
      await call?.run()
    },

    async fail(backend: number, pick: number, failure: Failure): Promise<void> {
      const mine = callsOf(backend)
      const call = mine[pick % mine.length]
      if (!call) return
      calls = calls.filter((other) => other !== call)
      if (failure === 'unanswered') await call.run()
      if (failure === 'late') adrift.push(call)
      call.reject(new Error(failure))
      await nextTurn()
    },

    /** A backend is gone, and waits for nothing. */
    forget(backend: number): void {
      adrift.push(...callsOf(backend))
      calls = calls.filter(({ from }) => from !== backend)
    },

    /** Redis restarts, and what was on its way to it is lost with the connections. */
    async dropRedis(): Promise<void> {
      const dropped = calls.filter(({ to }) => to === 'redis')
      calls = calls.filter(({ to }) => to !== 'redis')
      adrift = adrift.filter(({ to }) => to !== 'redis')
      for (const { reject } of dropped) reject(new Error('connection lost'))
      await nextTurn()
    },

    /** Postgres freezes: the backends give up, and what was on its way may still arrive. */
    async abandonPostgres(): Promise<void> {
      const abandoned = calls.filter(({ to }) => to === 'postgres')
      calls = calls.filter(({ to }) => to !== 'postgres')
      adrift.push(...abandoned)
      for (const { reject } of abandoned) reject(new Error('no answer'))
      await nextTurn()
    },
  }
}
