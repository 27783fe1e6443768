import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { REPOSITORY } from '../../e2e/compose.ts'

export const git = (folder: string, ...args: string[]) =>
  execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim()

/** A repository with the files as they are here, in one commit: what GitHub's template button makes. */
export function makeClone(): string {
  const folder = mkdtempSync(join(tmpdir(), 'starter-'))
  const files = git(REPOSITORY, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0')
  for (const file of files.filter((each) => each && existsSync(join(REPOSITORY, each)))) {
    cpSync(join(REPOSITORY, file), join(folder, file))
  }
  git(folder, 'init', '--quiet', '--initial-branch', 'main')
  git(folder, 'config', 'user.name', 'Test')
  git(folder, 'config', 'user.email', 'test@example.org')
  commit(folder, 'The sample')
  return folder
}

export function commit(folder: string, message: string): void {
  git(folder, 'add', '--all')
  git(folder, 'commit', '--quiet', '--message', message)
}

/** What `npm run starter -- …` prints; rejects when it refuses. */
export async function starter(folder: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['starter/starter.mjs', ...args], {
    cwd: folder,
  })
  return stdout
}

/** A clone that was made into an application. */
export async function makeApp(name: string): Promise<string> {
  const folder = makeClone()
  await starter(folder, name)
  return folder
}

/** Runs npm in an application; resolves with what it printed, rejects with it if npm fails. */
export async function npm(folder: string, ...args: string[]): Promise<string> {
  const ours = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_)|npm_config_local_prefix|VITEST|NODE_ENV$|INIT_CWD$)/.test(name),
  )
  const env = { ...Object.fromEntries(ours), CI: 'true', NO_COLOR: '1' }
  const child = spawn('npm', args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${output.slice(-10_000)}`)
  return output
}

export const removeFolder = (folder: string) =>
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
