// npm run starter -- my-shop: makes an application of your own out of this sample. What goes, what changes and what
// is renamed is in plan.mjs.
import { execFileSync } from 'node:child_process'
import { readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { EDITS, EVERY_PAGE, nextSteps, OLD_NAMES, REMOVED, REPLACEMENTS } from './plan.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
// What npm, Docker and Compose accept; with _ for -, a name that Postgres accepts without quotes.
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
const MAX_LENGTH = 40

/** What stands in the way, in a sentence for the user. */
class Refusal extends Error {}

/** Removes, edits and renames; with `dryRun`, only says what it would do. */
function main() {
  const { name, dryRun } = readArguments()
  const files = listFiles()
  const changes = planChanges(files, namesOf(name))
  report(files, changes)
  if (dryRun) return console.log('\nNothing was changed.')
  for (const [file, text] of changes.texts) writeFileSync(join(ROOT, file), text)
  for (const file of changes.removed) remove(file)
  console.log(nextSteps(name))
}

function readArguments() {
  const usage = 'Say the name of your application: npm run starter -- my-shop [--dry-run]'
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { 'dry-run': { type: 'boolean', default: false } },
    })
    const [name = '', ...others] = positionals
    if (!name || others.length > 0) throw new Refusal(usage)
    if (!NAME.test(name) || name.length > MAX_LENGTH || /^(pg-|visit-counter)/.test(name)) {
      throw new Refusal(
        `"${name}" can't be the name of a package, an image and a database. Use up to ${MAX_LENGTH} ` +
          'lower-case letters, digits and single dashes, with a letter first: my-shop',
      )
    }
    return { name, dryRun: values['dry-run'] }
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(usage)
  }
}

/** my-shop, as it is written in each place. */
function namesOf(name) {
  const words = name.replaceAll('-', ' ')
  return { name, title: words[0].toUpperCase() + words.slice(1), identifier: name.replaceAll('-', '_') }
}

/** The files of a clone without changes. */
function listFiles() {
  const git = (...args) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' })
  let prefix
  try {
    prefix = git('rev-parse', '--show-prefix').trim()
  } catch {
    prefix = 'none'
  }
  if (prefix) {
    throw new Refusal(
      'This folder is not a git clone, so nothing could be undone: git init && git add --all && git commit',
    )
  }
  if (git('status', '--porcelain')) {
    throw new Refusal(
      'There are changes that are not committed. Commit them or put them away first: git stash -u',
    )
  }
  return git('ls-files', '-z').split('\0').filter(Boolean)
}

/** Which files go, and the new text of those that change. Throws if a file is not as the plan knows it. */
function planChanges(files, names) {
  const removed = files.filter((file) => REMOVED.some((start) => file.startsWith(start)))
  const unknown = REMOVED.filter((start) => !files.some((file) => file.startsWith(start)))
  const kept = files.filter((file) => !removed.includes(file))
  unknown.push(...[...Object.keys(EDITS), ...REPLACEMENTS].filter((file) => !kept.includes(file)))
  if (unknown.length > 0)
    throw new Refusal(`These are not there, and the plan has them: ${unknown.join(', ')}`)

  const texts = new Map()
  const renamed = []
  for (const file of kept) {
    const source = REPLACEMENTS.includes(file) ? `starter/files/${file}` : file
    const bytes = readFileSync(join(ROOT, source))
    if (bytes.includes(0)) continue // a picture
    const edited = edit(file, bytes.toString())
    const text = rename(edited, names)
    for (const [index, line] of edited.split('\n').entries()) {
      if (rename(line, names) !== line) renamed.push(`${file}:${index + 1}: ${rename(line, names).trim()}`)
    }
    if (source !== file || text !== bytes.toString()) texts.set(file, text)
  }
  return { removed, texts, renamed }
}

function edit(file, text) {
  const edits = [...(EDITS[file] ?? []), ...(file.endsWith('.md') ? EVERY_PAGE : [])]
  return edits.reduce((result, [from, to, anyNumber]) => {
    const count = typeof from === 'string' ? result.split(from).length - 1 : [...result.matchAll(from)].length
    if (count !== 1 && !anyNumber)
      throw new Refusal(`${file} should have this once, not ${count} times:\n${from}`)
    return result.replaceAll(from, to)
  }, text)
}

function rename(text, names) {
  return OLD_NAMES.reduce((result, [pattern, as]) => result.replaceAll(pattern, names[as]), text)
}

/** Removes a file, and its folder if that is empty then. What git ignores stays. */
function remove(file) {
  rmSync(join(ROOT, file))
  for (let folder = dirname(file); folder !== '.'; folder = dirname(folder)) {
    try {
      rmdirSync(join(ROOT, folder))
    } catch {
      return // not empty
    }
  }
}

function report(files, { removed, texts, renamed }) {
  console.log(
    `Of ${files.length} files, ${removed.length} go and ${texts.size} change. The new name stands here:\n`,
  )
  console.log(renamed.join('\n'))
}

try {
  main()
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  console.error(error.message)
  process.exitCode = 1
}
