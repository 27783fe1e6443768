import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { openBranches } from './branches.ts'
import { runChecks } from './check.ts'
import { removeProject } from './docker.ts'
import { doctor } from './doctor.ts'
import { findExercise, readExercises, readHints } from './exercises.ts'
import { pull } from './pull.ts'
import { explain, reverse } from './text.ts'
import { visit } from './visit.ts'

/** Each may return an exit code. */
export type Commands = Record<string, (...args: string[]) => Promise<unknown>>

export interface CommandsOptions {
  root: string
  say: (line: string) => void
  /** Only a test replaces what needs Docker. */
  removeContainers?: () => Promise<void>
  check?: typeof runChecks
}

/** What `npm run workshop` can do, by name. */
export function createCommands({
  root,
  say,
  removeContainers = removeProject,
  check = runChecks,
}: CommandsOptions): Commands {
  const exercises = readExercises(root)
  const open = () => openBranches({ root, exercises, say, removeContainers })

  return {
    async list() {
      const branches = open()
      const { done } = branches.read()
      const current = branches.current()
      for (const exercise of exercises) {
        const { number, title, minutes, name } = exercise
        const mark = done.includes(name) ? '✓' : exercise === current ? '→' : ' '
        say(`${mark} ${number}  ${title} (${minutes} minutes)`)
      }
      say(
        '\nnpm run workshop start 1, then check, hint, solution, reset or stop. Before the first: doctor, pull.',
      )
    },

    async start(typed) {
      const exercise = findExercise(exercises, typed)
      await open().start(exercise)
      say(`\nExercise ${exercise.number}: ${exercise.title}`)
      say('If your own app is running, stop it: both use the same ports.')
      say(
        `Read ${relative(root, join(exercise.folder, 'README.md'))}: it begins with how to see what is wrong.`,
      )
      say('When you have repaired it: npm run workshop check')
    },

    async check() {
      const branches = open()
      const exercise = branches.requireCurrent()
      say('This starts the app a second time, beside yours, and takes up to a minute…\n')
      const results = await check(exercise, root)
      for (const { name, message } of results) {
        say(`${message ? '✗' : '✓'} ${name}`)
        if (message) say(`  ${explain(message)}`)
      }
      const failed = results.filter(({ message }) => message).map(({ name }) => name)
      const state = branches.read()
      const done = new Set(state.done)
      if (failed.length === 0) done.add(exercise.name)
      branches.write({ ...state, done: [...done], failed: { ...state.failed, [exercise.name]: failed } })
      if (failed.length > 0) say('\nFor help: npm run workshop hint')
      else say('\nDone! Compare with ours: npm run workshop solution')
      return failed.length > 0 ? 1 : 0
    },

    async hint() {
      const branches = open()
      const exercise = branches.requireCurrent()
      const state = branches.read()
      const shown = state.hints[exercise.name] ?? []
      const failed = state.failed[exercise.name] ?? Object.keys(exercise.red)
      if (failed.length === 0) return say('Nothing failed at the last check.')
      const hints = readHints(exercise)
      // Any hint may help with what passed at the start, or where the app does not start.
      const helpful = failed.flatMap((name) => exercise.red[name] ?? hints.map((_, index) => index + 1))
      const next = helpful.sort().find((number) => !shown.includes(number))
      if (!next) return say('You have seen every hint that helps now: npm run workshop solution')
      say(hints[next - 1] ?? '')
      branches.write({ ...state, hints: { ...state.hints, [exercise.name]: [...shown, next] } })
    },

    async solution() {
      const { folder } = open().requireCurrent()
      say(readFileSync(join(folder, 'solution.md'), 'utf8'))
      say(`The repair as a diff; "-" is the broken line, "+" the repaired one:\n`)
      say(reverse(readFileSync(join(folder, 'break.patch'), 'utf8')))
    },

    async reset() {
      await open().reset()
      say('The exercise is as it was at its start, without containers and volumes.')
      say('What the page remembers: press Reset below the exercises on the page.')
    },

    stop: () => open().stop(),
    visit: (times) => visit(times, say),
    doctor: () => doctor(say),
    pull: () => pull(root, say),
  }
}
