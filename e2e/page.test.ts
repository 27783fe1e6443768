import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { launchBrowser, openPage } from './browser.ts'
import { eventually, readCount, visit } from './client.ts'
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

test('opening the page counts a visit, and so does a reload', async () => {
  await openPage(page, stack.url)
  const count = await shownCount()
  expect(await page.locator('#source').textContent()).toMatch(/redis/i)
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

test('the whole page fits into its budget and loads nothing from another host', async () => {
  let bytes = 0
  const hosts = new Set<string>()
  page.on('requestfinished', async (request) => {
    hosts.add(new URL(request.url()).origin)
    const sizes = await request.sizes()
    bytes += sizes.responseBodySize + sizes.responseHeadersSize
  })
  await page.goto(stack.url, { waitUntil: 'networkidle' })
  await shownCount()
  console.log(`The page: ${bytes} bytes over the wire, headers included`)
  expect(bytes).toBeGreaterThan(0)
  expect(bytes).toBeLessThan(MAX_PAGE_BYTES)
  expect([...hosts]).toEqual([stack.url])
})

test('what others do shows up on every open page, whichever backend it talks to', async () => {
  const pages = await Promise.all(Array.from({ length: 3 }, () => browser.newPage()))
  for (const other of [page, ...pages]) {
    await openPage(other, stack.url)
    await other.locator('#live[data-live="stream"]').waitFor()
  }
  await page.locator('#visit-many').click()
  await page.locator('#many-result[data-distinct="100"]').waitFor()
  const { count } = await readCount(stack)
  for (const other of pages) await other.locator(`#count[data-count="${count}"]`).waitFor({ timeout: 3_000 })
  for (const other of pages) await other.close()
  expect(errors).toEqual([])
})

test('beyond the limit of streams, a page asks once a second instead', async () => {
  await stack.composeWith({ STREAMS: '1' }, 'up', '--detach', '--wait', '--no-deps', 'nginx')
  await openPage(page, stack.url)
  await page.locator('#live[data-live="stream"]').waitFor()
  const other = await browser.newPage()
  await openPage(other, stack.url)
  await other.locator('#live[data-live="poll"]').waitFor()
  const { count } = await visit(stack)
  for (const each of [page, other])
    await each.locator(`#count[data-count="${count}"]`).waitFor({ timeout: 3_000 })
  await other.close()
  await stack.compose('up', '--detach', '--wait', '--no-deps', 'nginx')
})

test('the map shows every backend that answers, and the way of a visit with its time', async () => {
  await openPage(page, stack.url)
  await eventually(async () => {
    expect(await page.locator('[data-part="backend"][data-state="up"]').count()).toBe(2)
  })
  for (const part of ['browser', 'nginx', 'redis', 'postgres']) {
    await page.locator(`[data-part="${part}"][data-state="up"]`).waitFor()
  }
  await page.locator('#visit-again').click()
  const host = await page.locator('#host').textContent()
  await page
    .locator(`[data-own="true"][data-store="redis"][data-via="${host}"]`)
    .waitFor({ state: 'attached' })
  expect(await page.locator('#way').textContent()).toMatch(new RegExp(`${host}.*Redis.* ms`))
})

test('the page still counts while Redis is stopped, and says who counted', async () => {
  await openPage(page, stack.url)
  const count = await shownCount()
  await stack.compose('stop', 'redis')
  await page.reload()
  expect(await shownCount()).toBe(count + 1)
  expect(await page.locator('#source').textContent()).toMatch(/postgres/i)
  await stack.compose('start', 'redis')
  await stack.compose('up', '--detach', '--wait')
})

test('with both stores stopped, the page says so within 2 s, and nothing else breaks', async () => {
  await openPage(page, stack.url)
  await shownCount()
  await stack.compose('stop', 'redis', 'postgres')
  for (const store of ['redis', 'postgres']) {
    await page.locator(`[data-part="${store}"][data-state="down"]`).waitFor({ timeout: 2_000 })
  }
  await page.locator('#visit-again').click()
  await page.locator('#visit-error', { hasText: 'Neither Redis nor Postgres answers.' }).waitFor()
  expect(ours(errors)).toEqual([])
  await stack.compose('start', 'redis', 'postgres')
  await stack.compose('up', '--detach', '--wait')
})

test('with all backends stopped, the page says so and can try again', async () => {
  await stack.compose('stop', 'backend')
  await openPage(page, stack.url)
  await page.locator('#visit-error').waitFor()
  await page.locator('[data-part="nginx"][data-state="up"]').waitFor()
  await page.locator('[data-part="backend"][data-state="down"]').waitFor()
  expect(ours(errors)).toEqual([])
  await stack.compose('start', 'backend')
  await stack.compose('up', '--detach', '--wait')
  await page.locator('#try-again').click()
  expect(await shownCount()).toBeGreaterThan(0)
})

test('without nginx, the map says so within 2 s, and finds its way back by itself', async () => {
  await openPage(page, stack.url)
  const nginx = (state: string) => page.locator(`[data-part="nginx"][data-state="${state}"]`)
  await nginx('up').waitFor()
  await stack.compose('stop', 'nginx')
  await nginx('down').waitFor({ timeout: 2_000 })
  await page.locator('[data-part="backend"][data-state="unknown"]').first().waitFor()
  await stack.compose('start', 'nginx')
  await nginx('up').waitFor({ timeout: 10_000 })
  await page.locator('#live[data-live="stream"]').waitFor()
})
