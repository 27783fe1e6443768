import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../../e2e/client.ts'
import { REPOSITORY } from '../../e2e/compose.ts'
import { createCommands } from '../commands.ts'
import { Refusal } from '../refusal.ts'
import { runWorkshop } from '../run.ts'
import { git, lostSince, makeFolder, makeRepository, takeStock } from './repository.ts'

// A `git` that sends Ctrl-C to the command and to all that it started, as a terminal does, before call number STOP_AT.
const GIT = `#!/bin/sh
echo "$*" >> "$CALLS"
if [ "$(wc -l < "$CALLS")" -eq "$STOP_AT" ]; then
  kill -INT "-$(ps -o pgid= -p "$PPID" | tr -d ' ')"
fi
exec ${execFileSync('which', ['git'], { encoding: 'utf8' }).trim()} "$@"
`

/** Runs the command in a small repository, interrupts it at a call of git, and returns the calls that there were. */
async function interrupt(root: string, line: string, stopAt: number): Promise<string[]> {
  const bin = makeFolder()
  const calls = join(bin, 'calls')
  writeFileSync(calls, '')
  writeFileSync(join(bin, 'git'), GIT, { mode: 0o755 })
  writeFileSync(join(bin, 'docker'), '#!/bin/sh\n', { mode: 0o755 })
  const tsx = join(REPOSITORY, 'node_modules/tsx/dist/cli.mjs')
  const child = spawn(process.execPath, [tsx, join(REPOSITORY, 'workshop/cli.ts'), ...line.split(' ')], {
    cwd: root,
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, PATH: bin + delimiter + process.env.PATH, CALLS: calls, STOP_AT: String(stopAt) },
  })
  try {
    await once(child, 'close')
    return readFileSync(calls, 'utf8').trim().split('\n')
  } finally {
    rmSync(bin, { recursive: true })
  }
}

/** A repository with exercise 1 open, and work of each kind in it. */
async function makeOpenExercise(): Promise<string> {
  const root = makeRepository()
  await command(root, 'start 1')
  writeFileSync(join(root, 'app.txt'), 'staged\n')
  git(root, 'add', '--all')
  writeFileSync(join(root, 'app.txt'), 'changed\n')
  writeFileSync(join(root, 'new.txt'), 'new\n')
  return root
}

async function command(root: string, line: string): Promise<void> {
  const commands = createCommands({ root, say: () => {}, removeContainers: async () => {} })
  await runWorkshop(line.split(' '), commands)
}

test.concurrent.each([
  ['start 2', 'exercise/2-second'],
  ['reset', 'exercise/1-first'],
  ['stop', 'main'],
])('Ctrl-C at any step of %s loses nothing, and the command can be repeated', async (line, branch) => {
  let calls: string[] = []
  for (let step = 0; step <= calls.length; step++) {
    const root = await makeOpenExercise()
    try {
      const before = takeStock(root)
      const made = await interrupt(root, line, step)
      if (step === 0) calls = made // not interrupted at all
      const at = `at git ${calls[step - 1]}`
      const switched = () => {
        expect(existsSync(join(root, 'new.txt')), at).toBe(false)
        expect(git(root, 'status', '--short', '--branch'), at).toBe(`## ${branch}`)
      }
      // Ctrl-C does not stop the switch itself, which goes on for a moment.
      if (calls[step - 1]?.startsWith('switch')) await eventually(async () => switched())
      expect(lostSince(root, before), at).toEqual([])
      // It refuses if there is nothing left to do.
      await command(root, line).catch((error) => expect(error, at).toBeInstanceOf(Refusal))
      switched()
      expect(lostSince(root, before), at).toEqual([])
      expect(takeStock(root).main).toBe(before.main)
    } finally {
      rmSync(root, { recursive: true })
    }
  }
})
