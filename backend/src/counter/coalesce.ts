interface Waiting {
  resolve(number: number): void
  reject(error: unknown): void
}

/**
 * Lets visits share calls to a store: those that arrive while one call is in flight go together into the next.
 * `call` counts n visits and returns the new total; each visit gets a number of its own, in order of arrival.
 */
export function coalesce(call: (n: number) => Promise<number>): () => Promise<number> {
  let waiting: Waiting[] = []
  let busy = false

  async function callUntilNobodyWaits(): Promise<void> {
    busy = true
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      try {
        const total = await call(group.length)
        const first = total - group.length + 1
        group.forEach(({ resolve }, index) => {
          resolve(first + index)
        })
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    busy = false
  }

  return () =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject })
      if (!busy) void callUntilNobodyWaits()
    })
}
