import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Refusal } from './refusal.ts'

const STEPS = [
  ['compose', 'pull', '--ignore-buildable', '--quiet'],
  ['compose', 'build'],
  ['compose', '-f', 'compose.yaml', 'build'],
]

/** Fetches images and packages, and builds what the exercises build, so that they need no network. */
export async function pull(root: string, say: (line: string) => void): Promise<void> {
  for (const args of STEPS) {
    say(`docker ${args.join(' ')}`)
    const child = spawn('docker', args, { cwd: root, stdio: 'inherit' })
    const [code] = await once(child, 'close')
    if (code !== 0) throw new Refusal('That failed. Find out why: npm run workshop doctor')
  }
  say('Everything is here: the exercises need no network now.')
}
