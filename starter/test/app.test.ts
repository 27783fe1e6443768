import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { launchBrowser, openPage } from '../../e2e/browser.ts'
import { psql } from '../../e2e/client.ts'
import { docker, startStack } from '../../e2e/compose.ts'
import { makeApp, removeFolder } from './fresh.ts'

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

/** Runs npm in the application; resolves with what it printed, rejects with it if npm fails. */
async function npm(...args: string[]): Promise<string> {
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

test('npm cit is green in it, and skips nothing', { timeout: LIMIT_MS }, async () => {
  const output = await npm('cit')
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
  expect(await psql(stack, 'select current_user, current_database()')).toBe('my_shop|my_shop')
})

test('its tests of the whole stack are green', { timeout: LIMIT_MS }, async () => {
  const output = await npm('run', 'e2e', '--', 'files', 'proxy', 'page')
  expect(output).not.toMatch(/^ *Tests .*(failed|skipped)/m)
})
