/** A promise that the test settles itself. */
export function deferred<T = void>() {
  let resolve!: (value: T) => void
  let reject!: (error: Error) => void
  const promise = new Promise<T>((...functions) => {
    ;[resolve, reject] = functions
  })
  return { promise, resolve, reject }
}

export type Deferred<T = void> = ReturnType<typeof deferred<T>>
