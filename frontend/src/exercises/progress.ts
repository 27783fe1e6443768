import { type Memory, noMemory, remember } from './memory.ts'
import { type ExerciseId, type Observation, rules } from './rules.ts'

const key = 'visit-counter-progress'

/** The exercises that were done, and what was seen on the way. */
export type Progress = { done: ExerciseId[]; memory: Memory }

export const noProgress: Progress = { done: [], memory: noMemory }

/** The progress after one more observation. */
export function observe({ done, memory }: Progress, seen: Observation): Progress {
  const ids = Object.keys(rules) as ExerciseId[]
  const recognised = ids.filter((id) => !done.includes(id) && rules[id](seen, memory))
  return { done: [...done, ...recognised], memory: remember(memory, seen) }
}

/** Reads the progress that this browser keeps. Where it may not keep any, every visit starts anew. */
export function loadProgress(): Progress {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? '{}')
    return { done: kept.done ?? [], memory: { ...noMemory, ...kept.memory } }
  } catch {
    return noProgress
  }
}

/** Keeps the progress for the next time that the page is opened. */
export function saveProgress(progress: Progress) {
  try {
    localStorage.setItem(key, JSON.stringify(progress))
  } catch {
    // Storage is full or switched off: the ticks last until the page is closed.
  }
}
