import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Refusal } from './refusal.ts'
import { findMeant } from './words.ts'

export interface Exercise {
  /** Its place in the workshop, from 1 on. */
  number: number
  /** The name of its folder, and of its branch after `exercise/`. */
  name: string
  folder: string
  title: string
  minutes: number
  /** The checks that fail at the broken start, each with the numbers of the hints that help. */
  red: Record<string, number[]>
  /** A regular expression: what the commands for the symptom print in the end. */
  symptom: string
}

/** The exercises of a repository, in their order. */
export function readExercises(root: string): Exercise[] {
  const workshop = join(root, 'workshop')
  return readdirSync(workshop)
    .filter((name) => existsSync(join(workshop, name, 'exercise.json')))
    .map((name) => {
      const folder = join(workshop, name)
      const facts = JSON.parse(readFileSync(join(folder, 'exercise.json'), 'utf8'))
      return { ...facts, name, folder, number: Number.parseInt(name, 10) }
    })
    .sort((a, b) => a.number - b.number)
}

/** The sections of hints.md, from a nudge to nearly the answer. */
export function readHints({ folder }: Exercise): string[] {
  const [, ...hints] = readFileSync(join(folder, 'hints.md'), 'utf8').split(/^## .*$/m)
  return hints.map((hint) => hint.trim())
}

/** The exercise that a number or a part of its name means; a Refusal if there is none. */
export function findExercise(exercises: Exercise[], typed = ''): Exercise {
  const exercise =
    exercises.find(({ number, name }) => typed === String(number) || typed === name) ??
    exercises.find(({ name }) => typed.length > 2 && name.includes(typed))
  if (exercise) return exercise
  const meant = findMeant(
    typed,
    exercises.map(({ name }) => name.replace(/^\d+-/, '')),
  )
  throw new Refusal(
    meant
      ? `There is no exercise ${typed}. Did you mean: npm run workshop start ${meant}`
      : `Which exercise? Give its number, from 1 to ${exercises.length}: npm run workshop start 1`,
  )
}
