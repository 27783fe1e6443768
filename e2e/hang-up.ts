import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'

// What a script may call that changes something, or comes between two changes.
const COMMANDS = ['chmod', 'docker', 'head', 'mkdir', 'mv', 'rm', 'sh', 'tail']

// Stands in for a command: takes the next free number and, from a certain one on, hangs up on the whole script before it
// runs the command. A lost connection does so more than once: to what the script then cleans up, too.
const SHIM = `#!/bin/sh
PATH=$REAL_PATH
n=1
until mkdir "$STEPS/$n" 2> /dev/null; do n=$((n + 1)); done
[ "$n" -lt "$HANG_UP_AT" ] || kill -HUP 0
exec "$(basename "$0")" "$@"
`

/** A script in `ops/`, and where and with which variables it runs. */
export interface Run {
  script: string
  args?: string[]
  cwd: string
  env: NodeJS.ProcessEnv
}

/** Interrupts a script at its first step, then at its second, and so on to its last; calls `check` after each. */
export async function hangUpAtEachStep(run: Run, check: (step: number) => Promise<unknown>): Promise<void> {
  let step = 1
  while (await hangUp(step, run)) await check(step++)
  expect(step).toBeGreaterThan(2)
}

/**
 * Runs a script, and before its n-th command ends it as a lost connection does: with SIGHUPs to all its processes.
 * Returns whether it got that far; rejects when it failed instead.
 */
async function hangUp(n: number, { script, args = [], cwd, env }: Run): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'hang-up-'))
  const [shims, steps] = [join(folder, 'shims'), join(folder, 'steps')]
  try {
    for (const path of [shims, steps]) await mkdir(path)
    for (const command of COMMANDS) await writeFile(join(shims, command), SHIM, { mode: 0o755 })
    const path = process.env.PATH
    const shimmed = { PATH: `${shims}:${path}`, REAL_PATH: path, STEPS: steps, HANG_UP_AT: String(n) }
    const child = spawn('/bin/sh', [`ops/${script}.sh`, ...args], {
      cwd,
      env: { ...env, ...shimmed },
      detached: true, // a process group of its own, as in a terminal
    })
    const output: string[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => output.push(String(data)))
    const [code] = await once(child, 'close')
    const reached = (await readdir(steps)).includes(String(n))
    if (!reached && code !== 0) throw new Error(`${script}.sh failed: ${output.join('')}`)
    return reached
  } finally {
    await rm(folder, { recursive: true })
  }
}
