import { readFileSync, renameSync, writeFileSync } from 'node:fs'

/** What the command remembers. It is kept in the .git folder, where no branch changes it. */
export interface State {
  /** The branch from which the exercises were started. */
  from?: string
  /** The names of the exercises that are done. */
  done: string[]
  /** The first commit of each exercise: the broken start. */
  starts: Record<string, string>
  /** For each exercise: the hints that were shown, and the checks that failed the last time. */
  hints: Record<string, number[]>
  failed: Record<string, string[]>
}

/** The state in a file; an empty one if there is none. */
export function readState(file: string): State {
  const empty: State = { done: [], starts: {}, hints: {}, failed: {} }
  try {
    return { ...empty, ...JSON.parse(readFileSync(file, 'utf8')) }
  } catch {
    return empty
  }
}

/** Writes the state into a file, all of it or nothing. */
export function writeState(file: string, state: State): void {
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 2))
  renameSync(`${file}.new`, file)
}

/** The state in which this exercise was not tried yet. */
export function withoutProgress(state: State, name: string): State {
  const { [name]: _hints, ...hints } = state.hints
  const { [name]: _failed, ...failed } = state.failed
  return { ...state, hints, failed, done: state.done.filter((other) => other !== name) }
}
