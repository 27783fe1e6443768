import { exec, execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { copyRepository, REPOSITORY, removeProject } from '../../e2e/compose.ts'
import { freePort } from '../../local/ports.ts'
import { runChecks } from '../check.ts'
import { type Exercise, readExercises, readHints } from '../exercises.ts'

/** Gives the action a copy of today's code with these patches applied in turn, as paths in the exercise's folder. */
async function withPatches<T>(
  { folder }: Exercise,
  patches: string[],
  action: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = await copyRepository()
  try {
    await symlink(join(REPOSITORY, 'node_modules'), join(directory, 'node_modules'))
    for (const patch of patches) {
      await promisify(execFile)('git', ['apply', join(folder, patch)], { cwd: directory })
    }
    return await action(directory)
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** The names of the checks that fail, with the reason. */
async function failuresOf(exercise: Exercise, ...patches: string[]): Promise<Record<string, string>> {
  const results = await withPatches(exercise, patches, (directory) => runChecks(exercise, directory))
  return Object.fromEntries(results.flatMap(({ name, message }) => (message ? [[name, message]] : [])))
}

/** The patches in a folder of the exercise. */
function patchesIn({ folder }: Exercise, kind: 'wrong' | 'right'): string[] {
  const path = join(folder, kind)
  return existsSync(path) ? readdirSync(path).map((name) => `${kind}/${name}`) : []
}

/** The commands in the first block of code of README.md. */
function symptomOf({ folder }: Exercise): string[] {
  const [, block = ''] = readFileSync(join(folder, 'README.md'), 'utf8').match(/```sh\n(.*?)```/s) ?? []
  return block.split('\n').flatMap((line) => line.replace(/ +# .*/, '') || [])
}

/** Runs the commands as a learner would, but apart from other projects, and returns what they print. */
async function runCommands(commands: string[], directory: string): Promise<string> {
  const port = await freePort()
  const environment = {
    COMPOSE_PROJECT_NAME: `visit-counter-workshop-${port}`,
    HTTP_PORT: String(port),
    POSTGRES_PORT: String(await freePort()),
    DEBUG_PORT: String(await freePort()),
  }
  const env = { ...process.env, ...environment }
  const run = async (command: string) => {
    // Some of them fail: that is what they show.
    const result = await promisify(exec)(command, { cwd: directory, env }).catch((error) => error)
    return `$ ${command}\n${result.stdout}${result.stderr}`
  }
  let output = ''
  try {
    for (const command of commands) output += await run(command)
    return output
  } finally {
    for (const files of [[], ['-f', 'compose.yaml']]) await removeProject(files, { directory, environment })
  }
}

describe.concurrent.each(readExercises(REPOSITORY))('$name', (exercise) => {
  test('it has three hints, and one for each check that fails at the start', () => {
    expect(readHints(exercise)).toHaveLength(3)
    expect(new Set(Object.values(exercise.red).flat())).toEqual(new Set([1, 2, 3]))
    expect(Object.values(exercise.red)).not.toContainEqual([])
  })

  test('the commands of README.md show the symptom', async () => {
    const output = await withPatches(exercise, ['break.patch'], (directory) =>
      runCommands(symptomOf(exercise), directory),
    )
    expect(output).toMatch(new RegExp(exercise.symptom, 's'))
  })

  test('at the broken start, exactly the named checks fail, by what they assert', async () => {
    const failures = await failuresOf(exercise, 'break.patch')
    expect(Object.keys(failures).sort(), JSON.stringify(failures, null, 2)).toEqual(
      Object.keys(exercise.red).sort(),
    )
    for (const message of Object.values(failures)) expect(message).toMatch(/^AssertionError/)
  })

  test.each(patchesIn(exercise, 'wrong'))('%s stays red', async (patch) => {
    expect(await failuresOf(exercise, 'break.patch', patch)).not.toEqual({})
  })

  test.each([['the solution'], ['the solution, once more']])('%s is green', async () => {
    expect(await failuresOf(exercise)).toEqual({})
  })

  test.each(patchesIn(exercise, 'right'))('%s is green', async (patch) => {
    expect(await failuresOf(exercise, 'break.patch', patch)).toEqual({})
  })
})
