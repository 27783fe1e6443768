import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { removeProject } from './docker.ts'
import type { Exercise } from './exercises.ts'
import { Refusal } from './refusal.ts'

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))

export interface CheckResult {
  name: string
  /** Why it failed; undefined if it passed. */
  message?: string
}

/** Runs the checks of an exercise on the code in a folder; a Refusal if they cannot be run, or after Ctrl-C. */
export async function runChecks({ name }: Exercise, directory: string): Promise<CheckResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'workshop-'))
  const project = basename(folder).toLowerCase()
  const report = join(folder, 'report.json')
  const vitest = join(REPOSITORY, 'node_modules/vitest/vitest.mjs')
  const options = ['--config', 'workshop/check.config.ts', '--reporter=json', `--outputFile=${report}`]
  // The checks end on Ctrl-C, too; this process stays to remove what they started.
  let interrupted = false
  const interrupt = () => {
    interrupted = true
  }
  process.on('SIGINT', interrupt)
  try {
    const child = spawn(process.execPath, [vitest, 'run', ...options, `workshop/${name}/`], {
      cwd: REPOSITORY,
      env: { ...process.env, EXERCISE_DIRECTORY: directory, EXERCISE_PROJECT: project },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let output = ''
    child.stderr.on('data', (data) => {
      output += data
    })
    await once(child, 'close')
    if (interrupted) throw new Refusal('You stopped the check; what it had started is removed.')
    const { testResults } = JSON.parse(
      await readFile(report, 'utf8').catch(() => {
        throw new Refusal(`The app could not be tried:\n${output}`)
      }),
    )
    const [file] = testResults
    // Nothing could be checked, since the app did not start.
    if (file.message) return [{ name: 'the app starts', message: file.message }]
    return file.assertionResults.map(
      ({ title, failureMessages }: { title: string; failureMessages: string[] }) => ({
        name: title,
        message: failureMessages[0],
      }),
    )
  } finally {
    await removeProject(project)
    await rm(folder, { recursive: true })
    process.off('SIGINT', interrupt)
  }
}
