import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createCommands } from '../commands.ts'
import { Refusal } from '../refusal.ts'
import { runWorkshop } from '../run.ts'
import { commit, git, lostSince, makeRepository, takeStock } from './repository.ts'

const SEQUENCES = 12
const STEPS = 25

let root: string
let said: string[]
let failing: string | undefined

beforeEach(() => {
  root = makeRepository()
  failing = 'it works'
})
afterEach(() => rmSync(root, { recursive: true }))

/** Runs a command and returns what it says; a refusal rejects. */
async function run(line: string): Promise<string> {
  said = []
  const check = async () => [
    { name: failing ?? 'it works', message: failing && 'AssertionError: it does not' },
  ]
  const commands = createCommands({
    root,
    say: (text) => said.push(text),
    removeContainers: async () => {},
    check,
  })
  await runWorkshop(line.split(' ').filter(Boolean), commands)
  return said.join('\n')
}

const write = (name: string, text: string) => writeFileSync(join(root, name), text)
const branch = () => git(root, 'branch', '--show-current')

test('a whole exercise: start, hints, check, solution, stop', async () => {
  expect(await run('start 1')).toContain('workshop/1-first/README.md')
  expect(branch()).toBe('exercise/1-first')
  expect(git(root, 'show', 'HEAD:app.txt')).toBe('broken')
  expect(git(root, 'show', 'HEAD:compose.yaml')).toMatch(/^name: visit-counter-workshop /)
  expect(await run('check')).toMatch(/✗ it works\n {2}it does not/)
  expect([await run('hint'), await run('hint')]).toEqual(['A nudge.', 'Nearly the answer.'])
  expect(await run('hint')).toContain('npm run workshop solution')
  expect(await run('solution')).toContain('-broken\n+good')
  failing = undefined
  expect(await run('check')).toMatch(/✓ it works\n\n*Done!/)
  expect(await run('list')).toContain('✓ 1  1-first')
  await run('stop')
  expect(branch()).toBe('main')
  expect(git(root, 'show', 'HEAD:app.txt')).toBe('good')
})

test.each([
  ['it is fast', 'Nearly the answer.'],
  ['the app starts', 'A nudge.'],
])('the first hint helps with what failed: %s', async (name, hint) => {
  failing = name
  await run('start 1')
  await run('check')
  expect(await run('hint')).toBe(hint)
})

test('work is kept when another exercise starts, and found again; a reset puts it on another branch', async () => {
  await run('start 1')
  write('app.txt', 'half done\n')
  expect(await run('start 2')).toContain('Your changes are kept')
  expect(git(root, 'merge-base', 'main', 'HEAD')).toBe(git(root, 'rev-parse', 'main'))
  await run('start 1')
  expect(git(root, 'show', 'HEAD:app.txt')).toBe('half done')
  expect(await run('reset')).toContain('exercise/1-first-kept-1')
  expect(git(root, 'show', 'HEAD:app.txt')).toBe('broken')
  expect(git(root, 'show', 'exercise/1-first-kept-1:app.txt')).toBe('half done')
})

test.each([
  ['strt 1', 'Did you mean: npm run workshop start 1'],
  ['sol', 'Did you mean: npm run workshop solution'],
  ['start frist', 'Did you mean: npm run workshop start first'],
  ['start 9', 'from 1 to 2'],
  ['dance', 'The commands are: list, start,'],
  ['check', 'Start one: npm run workshop start 1'],
])('%s: %s', async (line, answer) => {
  await expect(run(line)).rejects.toThrow(answer)
})

test('without git, it says what to do', async () => {
  rmSync(join(root, '.git'), { recursive: true })
  await expect(run('start 1')).rejects.toThrow('git init && git add --all')
  await expect(run('list')).rejects.toThrow('git init && git add --all')
})

test('uncommitted changes on the own branch, an unfinished merge, a conflict, other code: refused', async () => {
  write('new.txt', 'new\n')
  await expect(run('start 1')).rejects.toThrow('git stash -u')
  write('app.txt', 'rewritten\n')
  commit(root, 'Other code')
  await expect(run('start 1')).rejects.toThrow('does not fit the code on main')
  git(root, 'reset', '--quiet', '--hard', 'HEAD~')
  await run('start 1')
  write(join('.git', 'MERGE_HEAD'), git(root, 'rev-parse', 'HEAD'))
  await expect(run('stop')).rejects.toThrow('not finished')
  rmSync(join(root, '.git', 'MERGE_HEAD'))
  expect(() => EDITS.conflict?.(1)).toThrow()
  await expect(run('stop')).rejects.toThrow('not finished')
})

test('an ignored file is kept, even if the other branch has one of this name', async () => {
  await run('start 1')
  write('.env', 'A=1\n')
  git(root, 'add', '--force', '.env')
  await run('stop')
  write('.env', 'B=2\n')
  await expect(run('start 1')).rejects.toThrow('.env')
  expect(readFileSync(join(root, '.env'), 'utf8')).toBe('B=2\n')
})

test('with another Compose project set, it refuses: an exercise may delete volumes', async () => {
  vi.stubEnv('COMPOSE_FILE', 'compose.yaml:compose.prod.yaml')
  try {
    await expect(run('start 1')).rejects.toThrow('COMPOSE_FILE is set')
  } finally {
    vi.unstubAllEnvs()
  }
})

const COMMANDS = ['start 1', 'start 2', 'reset', 'stop', 'check', 'hint', 'solution', 'list', 'strt']

/** What a user does to a repository; each content is unlike any other. */
const EDITS: Record<string, (n: number) => void> = {
  change: (n) => write('app.txt', `work ${n}\n`),
  add: (n) => write(`new ${n % 3}.txt`, `work ${n}\n`),
  ignored: (n) => write('.env', `WORK=${n}\n`),
  stage: () => git(root, 'add', '--all'),
  'stage ignored': () => git(root, 'add', '--all', '--force'),
  untrack: () => git(root, 'rm', '--quiet', '--cached', '--ignore-unmatch', '.env', 'app.txt'),
  remove: () => rmSync(join(root, 'new 1.txt'), { force: true }),
  commit: (n) => commit(root, `Work ${n}`),
  switch: () => git(root, 'switch', '--quiet', 'main'),
  detach: () => git(root, 'switch', '--quiet', '--detach'),
  conflict: (n) => {
    write('app.txt', `work ${n}\n`)
    git(root, 'stash')
    write('app.txt', `other work ${n}\n`)
    commit(root, `Work ${n}`)
    git(root, 'stash', 'pop')
  },
  'end a conflict': () => git(root, 'rm', '--quiet', '--cached', 'app.txt'),
}

/** Numbers from 0 to 1 that are the same for each run with this seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

test.each(Array.from({ length: SEQUENCES }, (_, seed) => seed))(
  'no work is lost, with seed %i',
  async (seed) => {
    const random = randomNumbers(seed)
    const pick = <T>(list: T[]) => list[Math.floor(random() * list.length)] as T
    const steps: string[] = []
    for (let n = 0; n < STEPS; n++) {
      if (random() < 0.5) {
        const name = pick(Object.keys(EDITS))
        steps.push(name)
        try {
          EDITS[name]?.(n)
        } catch {} // git refuses some, such as a switch with changes
        continue
      }
      const line = pick(COMMANDS)
      steps.push(`workshop ${line}`)
      const before = takeStock(root)
      const refused = await run(line).then(
        () => false,
        (error) => {
          if (!(error instanceof Refusal)) throw new Error(`after ${steps.join(', ')}`, { cause: error })
          return true
        },
      )
      const after = takeStock(root)
      expect(lostSince(root, before), `after ${steps.join(', ')}`).toEqual([])
      expect(after.main).toBe(before.main)
      if (refused) expect(after).toEqual(before)
      else if (/start|reset|stop/.test(line)) expect(after.status, `after ${steps.join(', ')}`).toBe('')
    }
  },
)
