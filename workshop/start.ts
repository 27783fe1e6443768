import { join } from 'node:path'
import type { Exercise } from './exercises.ts'
import type { Git } from './git.ts'
import { Refusal } from './refusal.ts'

/** Makes a commit on top of `base` in which the exercise is broken; changes no file. A Refusal if that is not possible. */
export function makeStart(git: Git, root: string, exercise: Exercise, base: string): string {
  const { number, title, folder } = exercise
  const patches = [join(root, 'workshop/project.patch'), join(folder, 'break.patch')]
  try {
    return git.commitPatches(base, patches, `Exercise ${number}: ${title} (the broken start)`)
  } catch (error) {
    const { stderr = String(error) } = error as { stderr?: string }
    throw new Refusal(`Exercise ${number} does not fit the code on ${base}, which may have changed. Switch to a branch with the
original code, and start again. git says: ${stderr.trim()}`)
  }
}
