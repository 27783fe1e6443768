import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { launchBrowser } from './browser.ts'
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

/** The number on the page, once it is there. */
async function shownCount(): Promise<number> {
  const count = page.locator('#count[data-count]')
  await count.waitFor()
  return Number(await count.getAttribute('data-count'))
}

test('opening the page counts a visit, and so does a reload', async () => {
  await page.goto(stack.url)
  const count = await shownCount()
  expect(await page.locator('#source').textContent()).toMatch(/redis/i)
  await page.reload()
  expect(await shownCount()).toBe(count + 1)
  expect(errors).toEqual([])
})

test('the button shows message, time and host', async () => {
  await page.goto(stack.url)
  await page.getByRole('button').first().click()
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

test('the page still counts while Redis is stopped, and says who counted', async () => {
  await page.goto(stack.url)
  const count = await shownCount()
  await stack.compose('stop', 'redis')
  await page.reload()
  expect(await shownCount()).toBe(count + 1)
  expect(await page.locator('#source').textContent()).toMatch(/postgres/i)
  await stack.compose('start', 'redis')
  await stack.compose('up', '--detach', '--wait')
})

test('with all backends stopped, the page says so and can try again', async () => {
  await stack.compose('stop', 'backend')
  await page.goto(stack.url)
  await page.locator('#visit-error').waitFor()
  await stack.compose('start', 'backend')
  await stack.compose('up', '--detach', '--wait')
  await page.locator('#try-again').click()
  expect(await shownCount()).toBeGreaterThan(0)
})
