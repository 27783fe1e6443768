import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { commit, git, makeClone, removeFolder, starter } from './fresh.ts'

let folder: string

beforeEach(() => {
  folder = makeClone()
})
afterEach(() => removeFolder(folder))

const write = (file: string, text: string) => writeFileSync(join(folder, file), text)
const read = (file: string) => readFileSync(join(folder, file), 'utf8')

/** Every file that is there now and is not git's own. */
function files(): string[] {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true })
  return all
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((file) => !file.startsWith('.git/'))
}

test('leaves no trace of the old name, nor of what teaches', async () => {
  await starter(folder, 'my-shop')
  const traces = (pattern: RegExp) =>
    files().flatMap((file) =>
      pattern.test(read(file)) ? [`${file}: ${read(file).match(pattern)?.[0]}`] : [],
    )
  expect(traces(/visit[-_ ]?counter/i)).toEqual([])
  expect(traces(/(-U|-d|user(name)?|db(name)?|role|database):?[ `'"]+visits\b/i)).toEqual([])
  expect(traces(/\b(workshop|exercises?|starter|mutants?|npm run bench|benchmark)\b/i)).toEqual([])
  expect(files().filter((file) => /^(starter|workshop|\.ci|backend\/mutants)\/|tour\.md/.test(file))).toEqual(
    [],
  )
})

test('writes the new name where the old one was, and leaves the result for review', async () => {
  const before = git(folder, 'rev-parse', 'HEAD')
  const printed = await starter(folder, 'my-shop')
  expect(JSON.parse(read('package.json'))).toMatchObject({ name: 'my-shop' })
  expect(JSON.parse(read('package-lock.json'))).toMatchObject({ name: 'my-shop' })
  expect(JSON.parse(read('backend/package.json'))).toMatchObject({ name: 'my-shop-backend' })
  expect(read('compose.prod.yaml')).toMatch(/^name: my-shop-production /m)
  expect(read('compose.prod.yaml')).toContain(`\${IMAGE_PREFIX:-my-shop}-backend:`)
  expect(read('compose.yaml').match(/POSTGRES_DB: my_shop\n/g)).toHaveLength(2)
  expect(read('frontend/index.html')).toContain('<title>My shop</title>')
  expect(read('README.md')).toMatch(/^# My shop\n/)
  expect(printed).toContain('compose.yaml:')
  expect(printed).toContain('npm cit')
  expect(git(folder, 'rev-parse', 'HEAD')).toBe(before)
  expect(git(folder, 'diff', '--cached', '--name-only')).toBe('')
  expect(git(folder, 'ls-files', '--others', '--exclude-standard')).toBe('')
})

test('keeps what git ignores, and what is not in the list of git', async () => {
  for (const ignored of ['workshop/node_modules', '.local', 'secrets/production']) {
    mkdirSync(join(folder, ignored), { recursive: true })
    write(`${ignored}/visit-counter`, 'visit-counter')
  }
  write('.env', 'IMAGE_PREFIX=visit-counter\n')
  await starter(folder, 'my-shop')
  expect(read('.env')).toBe('IMAGE_PREFIX=visit-counter\n')
  for (const ignored of ['workshop/node_modules', '.local', 'secrets/production']) {
    expect(read(`${ignored}/visit-counter`)).toBe('visit-counter')
  }
  expect(readdirSync(join(folder, 'workshop'))).toEqual(['node_modules'])
  expect(existsSync(join(folder, 'starter'))).toBe(false)
})

test('a dry run says what would change, and changes nothing', async () => {
  const printed = await starter(folder, 'my-shop', '--dry-run')
  expect(printed).toMatch(/^compose\.prod\.yaml:\d+: name: my-shop-production /m)
  expect(printed).toContain('Nothing was changed.')
  expect(git(folder, 'status', '--porcelain')).toBe('')
})

test('no source has the name in it: with a longer one, the formatter would want other lines', async () => {
  expect(await starter(folder, 'my-shop', '--dry-run')).not.toMatch(/^\S+\.(ts|mjs|css):\d+:/m)
})

test.each([
  ['My-Shop'],
  ['my_shop'],
  ['my shop'],
  ['1shop'],
  ['shop-'],
  ['my--shop'],
  ['pg-shop'],
  ['a'.repeat(41)],
  ['visit-counter'],
])('the name %s is refused, and nothing changes', async (name) => {
  await expect(starter(folder, name)).rejects.toThrow("can't be the name")
  expect(git(folder, 'status', '--porcelain')).toBe('')
})

test.each([[[]], [['my-shop', 'other']], [['--help']], [['my-shop', '--force']]])(
  'with %j, it says how to call it',
  async (args) => {
    await expect(starter(folder, ...args)).rejects.toThrow('npm run starter -- my-shop')
    expect(git(folder, 'status', '--porcelain')).toBe('')
  },
)

test.each(['README.md', 'new.txt'])('with a changed or new file, %s, it refuses', async (file) => {
  write(file, 'my work\n')
  await expect(starter(folder, 'my-shop')).rejects.toThrow('not committed')
  expect(read(file)).toBe('my work\n')
  expect(git(folder, 'status', '--porcelain').split('\n')).toHaveLength(1)
})

test('outside of git, and in a folder of another repository, it refuses', async () => {
  const app = join(folder, 'app')
  mkdirSync(app)
  for (const name of ['package.json', 'starter']) renameSync(join(folder, name), join(app, name))
  commit(folder, 'In a folder')
  await expect(starter(app, 'my-shop')).rejects.toThrow('not a git clone')
  rmSync(join(folder, '.git'), { recursive: true })
  await expect(starter(app, 'my-shop')).rejects.toThrow('not a git clone')
  expect(read('app/package.json')).toContain('visit-counter')
})

test('where the sample is not as the plan knows it, it refuses before it changes anything', async () => {
  write('tsconfig.json', '{}\n')
  commit(folder, 'Another file')
  await expect(starter(folder, 'my-shop')).rejects.toThrow('tsconfig.json should have this once')
  expect(git(folder, 'status', '--porcelain')).toBe('')
})
