import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Refusal } from './refusal.ts'

const UNFINISHED = ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'rebase-merge', 'rebase-apply']

const NO_GIT = `The exercises need git, which keeps your work on a branch for each of them. Install git; if you downloaded a
zip file, make a repository of this folder:

  git init && git add --all && git commit -m "The start"`

export type Git = ReturnType<typeof openGit>

/** The git repository whose top folder is `root`; a Refusal if there is none. */
export function openGit(root: string) {
  const run = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  const git = (...args: string[]) => run(args)
  /** What a command prints; undefined if it fails. */
  const attempt = (...args: string[]) => {
    try {
      return git(...args)
    } catch {}
  }
  // Not a folder somewhere inside another repository: `git add --all` would take what is not ours.
  if (attempt('rev-parse', '--show-cdup') !== '' || !attempt('rev-parse', 'HEAD')) throw new Refusal(NO_GIT)

  // A new installation of git does not know who commits.
  const identity = attempt('var', 'GIT_COMMITTER_IDENT')
    ? []
    : ['-c', 'user.name=Workshop', '-c', 'user.email=workshop@localhost']

  const pathOf = (name: string) => resolve(root, git('rev-parse', '--git-path', name))
  const isClean = () => git('status', '--porcelain', '--untracked-files=normal') === ''
  const commit = (message: string) =>
    git(...identity, '-c', 'commit.gpgsign=false', 'commit', '--no-verify', '--quiet', '-m', message)
  /** A Refusal if a file would be lost, even an ignored one. */
  async function switchBranch(...args: string[]): Promise<void> {
    const options = ['switch', '--quiet', '--no-overwrite-ignore', ...args]
    // Detached: Ctrl-C would stop it halfway, with some files of each branch.
    const child = spawn('git', options, {
      cwd: root,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let output = ''
    child.stderr.on('data', (data) => {
      output += data
    })
    const [code] = await once(child, 'close')
    if (code !== 0) throw new Refusal(`git does not switch branches: ${output.trim()}`)
  }

  return {
    /** The file of this name in the .git folder. */
    path: pathOf,
    /** The commit that a branch or a commit's id means; undefined if there is none. */
    commit: (name: string) => attempt('rev-parse', '--verify', '--quiet', `${name}^{commit}`),
    /** The current branch; undefined where a commit itself was checked out. */
    current: () => attempt('symbolic-ref', '--short', '--quiet', 'HEAD'),
    isClean,
    /** A Refusal while a merge, a rebase or a conflict waits for the user. */
    requireNothingUnfinished() {
      const isUnfinished = UNFINISHED.some((name) => existsSync(pathOf(name)))
      if (isUnfinished || git('ls-files', '--unmerged') !== '') {
        throw new Refusal('A merge or a rebase is not finished: `git status` says how to end it.')
      }
    },
    /** Commits everything that is not committed, new files included; the commit, or undefined if there was nothing. */
    commitAll(message: string): string | undefined {
      if (isClean()) return
      // What is staged may differ from the file on disk; both are somebody's work.
      if (attempt('diff', '--cached', '--quiet') === undefined) commit(`${message} (staged)`)
      git('add', '--all')
      if (!isClean()) commit(message)
      return git('rev-parse', '--short', 'HEAD')
    },
    /** A commit on top of `base` with these patches applied; changes no file and no branch. */
    commitPatches(base: string, patches: string[], message: string): string {
      const folder = mkdtempSync(join(tmpdir(), 'workshop-'))
      const index = { GIT_INDEX_FILE: join(folder, 'index') }
      try {
        run(['read-tree', base], index)
        run(['apply', '--cached', ...patches], index)
        return git(...identity, 'commit-tree', run(['write-tree'], index), '-p', base, '-m', message)
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
    /** Switches to a branch. */
    switchTo: (branch: string) => switchBranch(branch),
    /** Makes a branch at a commit and switches to it, in one step. */
    switchToNew: (branch: string, commit: string) => switchBranch('--no-track', '-c', branch, commit),
    /** Moves the current branch, which has to be clean. */
    moveCurrentTo: (branch: string, commit: string) => switchBranch('--no-track', '-C', branch, commit),
    makeBranch: (branch: string, commit: string) => git('branch', '--no-track', branch, commit),
  }
}
