import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { launchBrowser, openPage } from '../../e2e/browser.ts'
import { psql } from '../../e2e/client.ts'
import { docker, startStack } from '../../e2e/compose.ts'
import { makeApp, npm, removeFolder } from './fresh.ts'

const LIMIT_MS = 900_000

let folder: string

beforeAll(async () => {
  folder = await makeApp('my-shop')
})

afterAll(async () => {
  if (folder) removeFolder(folder)
  const images = await docker('image', 'ls', '--quiet', '--filter', 'reference=my-shop-*')
  if (images) await docker('image', 'rm', '--force', ...new Set(images.split('\n')))
})

test('npm cit is green in it, and skips nothing', { timeout: LIMIT_MS }, async () => {
  const output = await npm(folder, 'cit')
  expect(output.match(/^ *Tests .*$/gm)).toHaveLength(4)
  expect(output).not.toMatch(/^ *Tests .*(failed|skipped)/m)
})

test('docker compose up --wait starts it, and its page counts a visit', { timeout: LIMIT_MS }, async () => {
  const stack = await startStack([], [], { directory: folder })
  onTestFinished(stack.remove, LIMIT_MS)
  const browser = await launchBrowser()
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  await openPage(page, stack.url)
  expect(await page.title()).toBe('My shop')
  expect(await page.locator('#count').getAttribute('data-count')).toBe('1')
  expect(await psql(stack, 'select current_database()')).toBe('my_shop')
})

test('its tests of the whole stack are green', { timeout: LIMIT_MS }, async () => {
  const output = await npm(folder, 'run', 'e2e', '--', 'files', 'proxy', 'page')
  expect(output).not.toMatch(/^ *Tests .*(failed|skipped)/m)
})
