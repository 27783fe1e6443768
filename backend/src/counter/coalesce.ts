interface Group {
  size: number
  total: Promise<number>
}

/**
 * Lets visits share calls to a store: those that arrive while one call is in flight go together into the next.
 * `call` counts n visits and returns the new total; each visit gets a number of its own, in order of arrival.
 */
export function coalesce(call: (n: number) => Promise<number>): () => Promise<number> {
  let waiting: Group | undefined
  let inFlight: Promise<unknown> = Promise.resolve()

  function newGroup(): Group {
    const group: Group = {
      size: 0,
      total: inFlight.then(() => {
        waiting = undefined
        return call(group.size)
      }),
    }
    inFlight = group.total.catch(() => {}) // the next group does not fail with this one
    return group
  }

  return async () => {
    waiting ??= newGroup()
    const group = waiting
    const position = ++group.size
    return (await group.total) - group.size + position
  }
}
