import type { CircuitBreaker } from './circuit-breaker.ts'

type Store = Record<string, (...args: never[]) => Promise<unknown>>

/** The same store, with every call through a circuit breaker. */
export function guard<Guarded extends Store>(store: Guarded, { run }: CircuitBreaker): Guarded {
  const calls = Object.entries(store).map(([name, call]) => [
    name,
    (...args: never[]) => run(() => call(...args)),
  ])
  return Object.fromEntries(calls)
}
