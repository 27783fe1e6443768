import { requireOwnProject } from './docker.ts'
import type { Exercise } from './exercises.ts'
import { openGit } from './git.ts'
import { Refusal } from './refusal.ts'
import { makeStart } from './start.ts'
import { readState, type State, withoutProgress, writeState } from './state.ts'

export interface BranchesOptions {
  root: string
  exercises: Exercise[]
  say: (line: string) => void
  /** Removes the exercises' containers and volumes. */
  removeContainers: () => Promise<void>
}

/**
 * Moves between the user's own branch and one branch for each exercise. On an exercise's branch, work that is not
 * committed is committed before anything changes; elsewhere, it is a Refusal.
 */
export function openBranches({ root, exercises, say, removeContainers }: BranchesOptions) {
  const git = openGit(root)
  const file = git.path('workshop.json')
  const branchOf = ({ name }: Exercise) => `exercise/${name}`
  const exerciseOf = (branch?: string) => exercises.find((exercise) => branchOf(exercise) === branch)
  const read = (): State => readState(file)
  const current = () => exerciseOf(git.current())

  function requireCurrent(): Exercise {
    const exercise = current()
    if (!exercise) throw new Refusal('No exercise is open. Start one: npm run workshop start 1')
    return exercise
  }

  /** The exercise that is open, with the work on it committed. */
  function save(exercise: Exercise): void {
    git.requireNothingUnfinished()
    const commit = git.commitAll(`Work on exercise ${exercise.number}`)
    if (commit) say(`Your changes are kept: commit ${commit} on ${branchOf(exercise)}.`)
  }

  /** Leaves the branch as the user will find it again. */
  async function leave(): Promise<void> {
    git.requireNothingUnfinished()
    const exercise = current()
    if (exercise) save(exercise)
    else if (!git.isClean()) {
      throw new Refusal(
        'You have changes that are not committed. Commit them, or put them aside: git stash -u',
      )
    }
    await removeContainers()
  }

  /** The branch from which the exercises were started. */
  function ownBranch(): string {
    const from = read().from ?? 'main'
    if (git.commit(`refs/heads/${from}`)) return from
    throw new Refusal(`The branch ${from} is gone. Switch to the one you want: git switch NAME`)
  }

  return {
    read,
    write: (state: State) => writeState(file, state),
    current,
    requireCurrent,

    /** Opens an exercise: where it was left, or at its broken start. */
    async start(exercise: Exercise): Promise<void> {
      const branch = branchOf(exercise)
      if (git.current() === branch) {
        throw new Refusal(`You are on ${branch} already. To begin again: npm run workshop reset`)
      }
      requireOwnProject()
      const from = current() ? ownBranch() : git.current()
      if (!from) throw new Refusal('No branch is checked out. Make one for what you have: git switch -c NAME')
      const isNew = !git.commit(`refs/heads/${branch}`)
      const start = isNew ? makeStart(git, root, exercise, from) : undefined
      await leave()
      const state = read()
      if (start) state.starts[exercise.name] = start
      writeState(file, { ...state, from })
      if (start) await git.switchToNew(branch, start)
      else await git.switchTo(branch)
      say(isNew ? `You are on the new branch ${branch}.` : `You are on ${branch} again, where you left it.`)
    },

    /** Begins the open exercise again, and keeps what was done on another branch. */
    async reset(): Promise<void> {
      const exercise = requireCurrent()
      save(exercise)
      const branch = branchOf(exercise)
      const state = read()
      const start =
        git.commit(state.starts[exercise.name] ?? '') ?? makeStart(git, root, exercise, ownBranch())
      await removeContainers()
      if (git.commit(branch) !== start) {
        let number = 1
        while (git.commit(`refs/heads/${branch}-kept-${number}`)) number++
        git.makeBranch(`${branch}-kept-${number}`, branch)
        say(`What you did is kept on ${branch}-kept-${number}.`)
        await git.moveCurrentTo(branch, start)
      }
      writeState(
        file,
        withoutProgress({ ...state, starts: { ...state.starts, [exercise.name]: start } }, exercise.name),
      )
    },

    /** Goes back to the user's own branch. */
    async stop(): Promise<void> {
      const exercise = requireCurrent()
      const from = ownBranch()
      await leave()
      await git.switchTo(from)
      say(`You are on ${from} again. Your work is on ${branchOf(exercise)}.`)
    },
  }
}
