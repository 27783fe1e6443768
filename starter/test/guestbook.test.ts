import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { blocksOf } from '../../docs/test/markdown.ts'
import { REPOSITORY } from '../../e2e/compose.ts'
import { linkModules } from '../../local/test/npm-start.ts'
import { git, makeApp, npm, removeFolder } from './fresh.ts'

const PAGE = 'docs/your-own-resource.md'
const LIMIT_MS = 600_000

let folder: string

/** A new application with the guestbook. */
beforeAll(async () => {
  folder = await makeApp('my-shop')
  await linkModules(folder)
  git(folder, 'apply', join(REPOSITORY, 'starter/guestbook.patch'))
})
afterAll(() => removeFolder(folder))

test('the guestbook passes the checks, and the tests of the page', { timeout: LIMIT_MS }, async () => {
  await npm(folder, 'run', 'check')
  const output = await npm(folder, 'test', '--prefix', 'frontend')
  expect(output).toContain('test/guestbook.test.ts')
  expect(output).not.toMatch(/^ *Tests .*(failed|skipped)/m)
})

test('the guestbook passes the tests of the API', { timeout: LIMIT_MS }, async () => {
  const output = await npm(folder, 'test', '--', 'guestbook', 'openapi', 'problems', 'migrations')
  expect(output).toMatch(/^ *Test Files +4 passed \(4\)/m)
  expect(output).not.toMatch(/^ *Tests .*(failed|skipped)/m)
})

/** The lines without their indentation. */
const unindented = (text: string) => text.trim().replaceAll(/^ +/gm, '')

test(`${PAGE} quotes what is in the files`, () => {
  const quotations = blocksOf(readFileSync(join(REPOSITORY, PAGE), 'utf8')).filter(
    ({ language }) => language !== 'sh',
  )
  expect(quotations.length).toBeGreaterThan(5)
  for (const { before, text } of quotations) {
    const [, file = ''] = before.match(/`(\w+\/[\w./-]+)`/) ?? []
    expect(unindented(readFileSync(join(folder, file), 'utf8')), file).toContain(unindented(text))
  }
})
