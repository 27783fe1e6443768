import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { REPOSITORY } from '../../e2e/compose.ts'

const PATCH = `--- a/app.txt
+++ b/app.txt
@@ -1 +1 @@
-good
+broken
`

export const makeFolder = () => mkdtempSync(join(tmpdir(), 'workshop test-'))

/** A small repository with two exercises. */
export function makeRepository(): string {
  const root = makeFolder()
  const write = (name: string, text: string) => writeFileSync(join(root, name), text)
  for (const name of ['1-first', '2-second']) {
    mkdirSync(join(root, 'workshop', name), { recursive: true })
    const facts = {
      title: name,
      minutes: 10,
      red: { 'it works': [1, 2], 'it is fast': [2] },
      symptom: '',
    }
    write(`workshop/${name}/exercise.json`, JSON.stringify(facts))
    write(`workshop/${name}/break.patch`, PATCH)
    write(`workshop/${name}/hints.md`, '# Hints\n\n## 1\n\nA nudge.\n\n## 2\n\nNearly the answer.\n')
    write(`workshop/${name}/solution.md`, '# Solution\n')
  }
  write('workshop/project.patch', readFileSync(join(REPOSITORY, 'workshop/project.patch'), 'utf8'))
  write('compose.yaml', readFileSync(join(REPOSITORY, 'compose.yaml'), 'utf8'))
  write('app.txt', 'good\n')
  write('.gitignore', '.env\n')
  git(root, 'init', '--quiet', '--initial-branch', 'main')
  commit(root, 'The start')
  return root
}

export function git(root: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
}

export function commit(root: string, message: string): void {
  git(root, 'add', '--all')
  git(
    root,
    '-c',
    'user.name=A',
    '-c',
    'user.email=a@localhost',
    'commit',
    '--quiet',
    '--allow-empty',
    '-m',
    message,
  )
}

/** What a user has in a repository and may not lose. */
export function takeStock(root: string) {
  const files = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isFile())
  const staged = git(root, 'ls-files', '--stage').split('\n')
  return {
    head: git(root, 'rev-parse', '--symbolic-full-name', 'HEAD'),
    status: git(root, 'status', '--porcelain'),
    main: git(root, 'rev-parse', 'main'),
    /** The ids of what the files contain. */
    files: files.map(({ name }) => blobId(readFileSync(join(root, name)))),
    staged: staged.map((line) => line.split(' ')[1] ?? ''),
    branches: git(root, 'for-each-ref', '--format=%(objectname)', 'refs/heads').split('\n'),
  }
}

export type Stock = ReturnType<typeof takeStock>

/** What was there before and is neither on disk, staged, nor in a commit now. */
export function lostSince(root: string, before: Stock): string[] {
  const now = takeStock(root)
  const commits = git(root, 'rev-list', '--objects', '--all').split('\n')
  const kept = new Set([...commits.map((line) => line.split(' ')[0]), ...now.files, ...now.staged])
  return [...before.files, ...before.staged, ...before.branches].filter((id) => !kept.has(id))
}

function blobId(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')
}
