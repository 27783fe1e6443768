/** Shares readings: whoever calls within `ms` of the first call gets the same result. */
export function shareFor<T>(ms: number, read: () => Promise<T>): () => Promise<T> {
  let shared: Promise<T> | undefined
  return () => {
    if (!shared) {
      shared = read()
      setTimeout(() => (shared = undefined), ms).unref()
    }
    return shared
  }
}
