import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Refusal } from './refusal.ts'

const FILES = ['compose.yaml', 'backend/Dockerfile', 'frontend/Dockerfile', 'nginx/Dockerfile']
const BUILDS = [
  ['compose', 'build'],
  ['compose', '-f', 'compose.yaml', 'build'],
]

/** Fetches the base images and builds what the exercises build, so that they need no network. */
export async function pull(root: string, say: (line: string) => void): Promise<void> {
  async function docker(...args: string[]): Promise<void> {
    say(`docker ${args.join(' ')}`)
    const [code] = await once(spawn('docker', args, { cwd: root, stdio: 'inherit' }), 'close')
    if (code !== 0) throw new Refusal('That failed. Find out why: npm run workshop doctor')
  }
  // By name: a build alone keeps its base images where `docker save` does not find them.
  for (const image of baseImages(root)) {
    const isHere = promisify(execFile)('docker', ['image', 'inspect', image])
    await isHere.catch(() => docker('pull', image))
  }
  for (const args of BUILDS) await docker(...args)
  say('Everything is here: the exercises need no network now.')
}

function baseImages(root: string): Set<string> {
  const text = FILES.map((file) => readFileSync(join(root, file), 'utf8')).join('\n')
  return new Set(
    [...text.matchAll(/^(?:FROM| +image:) ([\w./-]+:[\w.-]+)/gm)].map(([, image]) => image ?? ''),
  )
}
