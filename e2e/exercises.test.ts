import { exec } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser, openPage } from './browser.ts'
import { eventually } from './client.ts'
import { copyRepository, type Stack, startStack } from './compose.ts'

const CHANGE_LIMIT_MS = 2_000

let directory: string
let stack: Stack
let browser: Browser
let page: Page

// As a learner: a clone, a plain `docker compose up`, the page open, and each command taken from the page.
beforeAll(async () => {
  directory = await copyRepository()
  stack = await startStack([], [], { directory })
  browser = await launchBrowser()
  page = await browser.newPage()
  await openPage(page, stack.url)
  await page.locator('#live[data-live="stream"]').waitFor()
})

afterAll(async () => {
  await browser?.close()
  await stack?.remove()
  await rm(directory, { recursive: true, force: true })
})

const exercise = (id: string) => page.locator(`[data-exercise="${id}"]`)
const part = (name: string, state: string) => page.locator(`[data-part="${name}"][data-state="${state}"]`)

/** Runs the commands of an exercise as the page shows them. */
async function follow(id: string): Promise<void> {
  expect(await exercise(id).getAttribute('data-done')).toBe('false')
  const env = { ...process.env, ...stack.environment, COMPOSE_PROJECT_NAME: stack.project }
  for (const command of await exercise(id).locator('code').allTextContents()) {
    await promisify(exec)(command, { cwd: directory, env }).catch((error) => {
      if (id !== 'kill-backend') throw error // the command dies with what it kills
    })
  }
}

/** Waits for the tick; meanwhile presses a button again and again, if one is given. */
async function expectTick(id: string, button?: string): Promise<void> {
  await eventually(async () => {
    if (button) await page.locator(button).click()
    expect(await exercise(id).getAttribute('data-done')).toBe('true')
  }, 30_000)
}

test('stop Redis: the map shows it within 2 s, and a visit is counted in Postgres', async () => {
  await follow('stop-redis')
  await part('redis', 'down').waitFor({ timeout: CHANGE_LIMIT_MS })
  await part('backend', 'degraded').waitFor({ timeout: CHANGE_LIMIT_MS })
  await expectTick('stop-redis', '#visit-again')
})

test('start Redis: it counts again', async () => {
  await follow('start-redis')
  await expectTick('start-redis', '#visit-again')
  await part('redis', 'up').waitFor({ timeout: CHANGE_LIMIT_MS })
})

test('stop Postgres: visits wait', async () => {
  await follow('stop-postgres')
  await part('postgres', 'down').waitFor({ timeout: CHANGE_LIMIT_MS })
  await expectTick('stop-postgres', '#visit-again')
  expect(Number(await page.locator('#unsaved').getAttribute('data-unsaved'))).toBeGreaterThan(0)
})

test('start Postgres: they are saved', async () => {
  await follow('start-postgres')
  await expectTick('start-postgres')
  await page.locator('#unsaved[data-unsaved="0"]').waitFor()
})

test('three backends: all of them answer, and 100 visits at once get 100 different numbers', async () => {
  await follow('scale')
  await eventually(async () => expect(await part('backend', 'up').count()).toBe(3))
  await expectTick('scale', '#visit-many')
  await eventually(async () => {
    await page.locator('#visit-many').click()
    await page.locator('#many-result[data-distinct="100"]').waitFor({ timeout: 3_000 })
  })
  expect(await page.locator('#history tbody tr').count()).toBe(20)
})

test('kill a backend: the map shows it within 2 s, and no visit is lost', async () => {
  await follow('kill-backend')
  await part('backend', 'down').waitFor({ timeout: CHANGE_LIMIT_MS })
  await expectTick('kill-backend', '#visit-again')
})

test('down and up: the count survives', async () => {
  await follow('down-up')
  await expectTick('down-up')
}, 120_000)

test('change the code: the new message is there without a restart', async () => {
  await page.locator('#load-data').click()
  await page.locator('#data-message', { hasText: 'Hello from the backend!' }).waitFor()
  const file = join(directory, (await exercise('hot-reload').locator('code').textContent()) ?? '')
  await writeFile(file, (await readFile(file, 'utf8')).replace('Hello from the backend!', 'Hello, workshop!'))
  await expectTick('hot-reload', '#load-data')
  await page.locator('#data-message', { hasText: 'Hello, workshop!' }).waitFor()
})

test('the ticks outlive a reload, and can be taken back', async () => {
  const done = page.locator('[data-exercise][data-done="true"]')
  await page.reload()
  await eventually(async () => expect(await done.count()).toBe(8))
  await page.locator('#reset-exercises').click()
  expect(await done.count()).toBe(0)
})
