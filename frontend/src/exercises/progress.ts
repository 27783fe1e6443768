import { EMPTY_MEMORY, type Memory, type Observation, remember } from './memory.ts'
import { type ExerciseId, RULES } from './rules.ts'

const STORAGE_KEY = 'visit-counter-progress'

/** The exercises that were done, and what was seen on the way. */
export interface Progress {
  done: ExerciseId[]
  memory: Memory
}

export const NO_PROGRESS: Progress = { done: [], memory: EMPTY_MEMORY }

/** The progress after one more observation. */
export function observe({ done, memory }: Progress, seen: Observation): Progress {
  const ids = Object.keys(RULES) as ExerciseId[]
  const completed = ids.filter((id) => !done.includes(id) && RULES[id](seen, memory, done))
  return { done: [...done, ...completed], memory: remember(memory, seen) }
}

/** Reads the progress that this browser keeps. Empty where it may not keep any. */
export function loadProgress(): Progress {
  try {
    const kept = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}')
    return { done: kept.done ?? [], memory: { ...EMPTY_MEMORY, ...kept.memory } }
  } catch {
    return NO_PROGRESS
  }
}

/** Keeps the progress for the next time that the page is opened. */
export function saveProgress(progress: Progress) {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(progress))
  } catch {
    // Storage is full or switched off: the ticks last until the page is closed.
  }
}
