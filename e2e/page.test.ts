import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { CHANGE_LIMIT_MS, launchBrowser, openPage } from './browser.ts'
import { eventually, readCount } from './client.ts'
import { PROD, type Stack, startStack } from './compose.ts'

const MAX_PAGE_BYTES = 20_000

let stack: Stack
let browser: Browser
let page: Page
let errors: string[]

beforeAll(async () => {
  browser = await launchBrowser()
  stack = await startStack(PROD)
})

afterAll(async () => {
  await browser?.close()
  await stack?.remove()
})

beforeEach(async () => {
  errors = []
  page = await browser.newPage()
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  page.on('pageerror', (error) => errors.push(error.message))
})

afterEach(() => page.close())

/** Without the line that a browser itself writes for an answer that is an error. */
const ours = (lines: string[]) => lines.filter((line) => !line.startsWith('Failed to load resource'))

/** The number on the page, once it is there. */
async function shownCount(): Promise<number> {
  const count = page.locator('#count[data-count]')
  await count.waitFor()
  return Number(await count.getAttribute('data-count'))
}

/** A component of the map that has this state. */
const component = (name: string, state: string) =>
  page.locator(`[data-component="${name}"][data-state="${state}"]`)

const outcome = () => page.locator('#outcome')

test('opening the page counts a visit, and so does a reload', async () => {
  await openPage(page, stack.url)
  const count = await shownCount()
  await outcome()
    .filter({ hasText: /counted visit .+ in Redis\. The server took .+ ms\.$/ })
    .waitFor()
  await page.reload()
  expect(await shownCount()).toBe(count + 1)
  expect(errors).toEqual([])
})

test('the button shows message, time and host', async () => {
  await openPage(page, stack.url)
  await page.locator('#load-data').click()
  await page.locator('#data-message', { hasText: 'Hello from the backend!' }).waitFor()
  expect(await page.locator('#data-host').textContent()).toMatch(/^[0-9a-f]{12}$/)
  expect(errors).toEqual([])
})

test('the whole page fits into its budget, and has no text for `npm start` in it', async () => {
  let bytes = 0
  const texts: string[] = []
  page.on('requestfinished', async (request) => {
    const sizes = await request.sizes()
    bytes += sizes.responseBodySize + sizes.responseHeadersSize
  })
  page.on('response', async (response) => texts.push(await response.text()))
  const hosts = new Set<string>()
  page.on('request', (request) => hosts.add(new URL(request.url()).origin))
  await page.goto(stack.url, { waitUntil: 'load' })
  await shownCount()
  console.log(`The page: ${bytes} bytes over the wire, headers included`)
  expect(bytes).toBeGreaterThan(0)
  expect(bytes).toBeLessThan(MAX_PAGE_BYTES)
  expect([...hosts]).toEqual([stack.url])
  expect(texts.join()).toContain('docker compose')
  expect(texts.join()).not.toContain('npm start')
})

test('what others do shows up on every open page, whichever backend it talks to', async () => {
  const pages = await Promise.all(Array.from({ length: 3 }, () => browser.newPage()))
  for (const other of [page, ...pages]) await openPage(other, stack.url)
  await page.locator('#visit-burst').click()
  await outcome().filter({ hasText: '100 visits got 100 different numbers' }).waitFor()
  const { count } = await readCount(stack)
  for (const other of pages) await other.locator(`#count[data-count="${count}"]`).waitFor({ timeout: 3_000 })
  for (const other of pages) await other.close()
  expect(errors).toEqual([])
})

test('after a burst, the sentence and the number agree, and the browser’s queue is not the server’s time', async () => {
  await openPage(page, stack.url)
  await page.locator('#visit-burst').click()
  await outcome().filter({ hasText: '100 visits got 100 different numbers' }).waitFor()
  const sentence = (await outcome().textContent()) ?? ''
  const [, highest, slowest, burst] = sentence.match(
    /to ([\d,]+)\. Each took the server [\d.,]+ ms to ([\d.,]+) ms\. The burst took ([\d.,]+) ms/,
  ) as string[]
  expect(await page.locator('#count').textContent()).toBe(highest)
  const toNumber = (text: string | undefined) => Number(text?.replaceAll(',', ''))
  // The last visit waits in the queue for nearly the whole burst.
  expect(toNumber(slowest)).toBeLessThan(0.8 * toNumber(burst))
})

test('the map shows every backend that answers, and lights the path of a visit', async () => {
  await openPage(page, stack.url)
  await eventually(async () => expect(await component('backend', 'up').count()).toBe(2))
  for (const name of ['browser', 'nginx', 'redis', 'postgres']) await component(name, 'up').waitFor()
  await page.locator('#system', { hasText: 'All components are up.' }).waitFor()
  await page.locator('#visit-again').click()
  await eventually(async () => {
    const lit = await page.locator('.connections [data-is-lit="true"][data-store="redis"]').all()
    const hosts = await Promise.all(lit.map((line) => line.getAttribute('data-host')))
    const [, host] = (await outcome().textContent())?.match(/^Backend (\w+) counted/) ?? []
    expect(hosts).toContain(host)
  })
})

test('the page still counts while Redis is stopped, and says so', async () => {
  await openPage(page, stack.url)
  const count = await shownCount()
  await stack.compose('stop', 'redis')
  await component('redis', 'down').waitFor({ timeout: CHANGE_LIMIT_MS })
  await page.locator('#system', { hasText: 'Redis is down: Postgres counts the visits.' }).waitFor()
  await page.reload()
  expect(await shownCount()).toBe(count + 1)
  await outcome().filter({ hasText: 'in Postgres, because Redis did not answer' }).waitFor()
  await stack.compose('start', 'redis')
  await stack.compose('up', '--detach', '--wait')
})

test('with both stores stopped, the page says so and what to run, and nothing else breaks', async () => {
  await openPage(page, stack.url)
  await shownCount()
  await stack.compose('stop', 'redis', 'postgres')
  for (const store of ['redis', 'postgres'])
    await component(store, 'down').waitFor({ timeout: CHANGE_LIMIT_MS })
  await page.locator('#remedy', { hasText: 'docker compose up -d' }).waitFor()
  await page.locator('#visit-again').click()
  await outcome().filter({ hasText: 'Your visit was not counted.' }).waitFor()
  expect(ours(errors)).toEqual([])
  await stack.compose('start', 'redis', 'postgres')
  await stack.compose('up', '--detach', '--wait')
  await page.locator('#remedy').waitFor({ state: 'hidden' })
})

test('who opens the page with all backends stopped is told so and what to run, and can try again', async () => {
  await stack.compose('stop', 'backend')
  await openPage(page, stack.url)
  await page.locator('#outcome[data-failed="true"]').waitFor()
  await component('nginx', 'up').waitFor()
  await component('backend', 'down').waitFor()
  await page.locator('#remedy', { hasText: 'docker compose up -d' }).waitFor()
  expect(ours(errors)).toEqual([])
  await stack.compose('start', 'backend')
  await stack.compose('up', '--detach', '--wait')
  await page.locator('#visit-again').click()
  expect(await shownCount()).toBeGreaterThan(0)
})

test('without nginx, the page says so and what to run, and recovers without help', async () => {
  await openPage(page, stack.url)
  await component('nginx', 'up').waitFor()
  await stack.compose('stop', 'nginx')
  await component('nginx', 'down').waitFor({ timeout: CHANGE_LIMIT_MS })
  await component('backend', 'unknown').first().waitFor()
  await page.locator('#remedy', { hasText: 'docker compose up -d' }).waitFor()
  await stack.compose('start', 'nginx')
  await component('nginx', 'up').waitFor({ timeout: 10_000 })
  await page.locator('#remedy').waitFor({ state: 'hidden' })
})

test('when nothing is heard because nginx is frozen, the page says so', async () => {
  await openPage(page, stack.url)
  await component('nginx', 'up').waitFor()
  await stack.compose('pause', 'nginx')
  try {
    await component('nginx', 'unknown').waitFor({ timeout: CHANGE_LIMIT_MS })
    await page.locator('#system', { hasText: 'No answer within a second' }).waitFor()
  } finally {
    await stack.compose('unpause', 'nginx')
  }
  await component('nginx', 'up').waitFor()
})
