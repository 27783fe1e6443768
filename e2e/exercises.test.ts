import { exec, execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CHANGE_LIMIT_MS, launchBrowser, openPage } from './browser.ts'
import { eventually } from './client.ts'
import { copyRepository, REPOSITORY, type Stack, startStack } from './compose.ts'

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
})

afterAll(async () => {
  await browser?.close()
  await stack?.remove()
  await rm(directory, { recursive: true, force: true })
})

const exercise = (id: string) => page.locator(`[data-exercise="${id}"]`)
const component = (name: string, state: string) =>
  page.locator(`[data-component="${name}"][data-state="${state}"]`)

/** What the page says to run or to edit; the exercise must be the open one, and not be done. */
async function commandsOf(id: string): Promise<string[]> {
  await exercise(id).locator('.expect').waitFor()
  expect(await exercise(id).getAttribute('data-done')).toBe('false')
  return exercise(id).locator('.command code').allTextContents()
}

async function run(command: string | undefined): Promise<void> {
  const env = { ...process.env, ...stack.environment, COMPOSE_PROJECT_NAME: stack.project }
  await promisify(exec)(command ?? '', { cwd: directory, env })
}

/** Runs the commands of an exercise as the page shows them. */
async function follow(id: string): Promise<void> {
  for (const command of await commandsOf(id)) await run(command)
}

/** Waits until the exercise is checked off and the next one is open; presses a button until then, if one is given. */
async function expectDone(id: string, button?: string): Promise<void> {
  await eventually(async () => {
    if (button) await page.locator(button).click()
    expect(await exercise(id).getAttribute('data-done')).toBe('true')
  }, 30_000)
}

test('stop Redis: the map shows it, and a visit is counted in Postgres', async () => {
  await follow('stop-redis')
  await component('redis', 'down').waitFor({ timeout: CHANGE_LIMIT_MS })
  await component('backend', 'degraded').waitFor({ timeout: CHANGE_LIMIT_MS })
  await expectDone('stop-redis', '#visit-again')
})

test('start Redis: it counts again', async () => {
  await follow('start-redis')
  await expectDone('start-redis', '#visit-again')
  await component('redis', 'up').waitFor({ timeout: CHANGE_LIMIT_MS })
})

test('stop Postgres: visits are unsaved', async () => {
  await follow('stop-postgres')
  await component('postgres', 'down').waitFor({ timeout: CHANGE_LIMIT_MS })
  await expectDone('stop-postgres', '#visit-again')
  expect(Number(await page.locator('#unsaved').getAttribute('data-unsaved'))).toBeGreaterThan(0)
})

test('start Postgres: they are saved', async () => {
  await follow('start-postgres')
  await expectDone('start-postgres')
  await page.locator('#unsaved[data-unsaved="0"]').waitFor()
})

test('three backends: all of them count, and 100 visits at once get 100 different numbers', async () => {
  await follow('scale')
  await eventually(async () => expect(await component('backend', 'up').count()).toBe(3))
  await expectDone('scale', '#visit-burst')
  await eventually(async () => {
    await page.locator('#visit-burst').click()
    const outcome = page.locator('#outcome', { hasText: '100 visits got 100 different numbers' })
    await outcome.waitFor({ timeout: 3_000 })
  })
  expect(await page.locator('#history tbody tr').count()).toBe(20)
})

test('kill a backend: the map shows it, no visit is lost, and it comes back', async () => {
  const [kill, start] = await commandsOf('kill-backend')
  await run(kill).catch(() => {}) // the command dies with what it kills
  await component('backend', 'down').waitFor({ timeout: CHANGE_LIMIT_MS })
  const before = Number(await page.locator('#count').getAttribute('data-count'))
  await page.locator('#visit-again').click()
  await page.locator(`#count[data-count="${before + 1}"]`).waitFor()
  await run(start)
  await expectDone('kill-backend')
  await eventually(async () => expect(await component('backend', 'up').count()).toBe(3))
})

test('down and up: the page says what to run, and the count survives', async () => {
  const [down, up] = await commandsOf('restart')
  await run(down)
  await page.locator('#remedy', { hasText: up ?? '' }).waitFor()
  await run(up)
  await expectDone('restart')
}, 120_000)

test('change the code: the new message is there without a restart, and no press shows an error', async () => {
  // Otherwise, Vite may reload the page at any moment now: it was gone and is back.
  await openPage(page, stack.url)
  const [file] = await commandsOf('hot-reload')
  await page.locator('#load-data').click()
  await page.locator('#data-message', { hasText: 'Hello from the backend!' }).waitFor()
  const path = join(directory, file ?? '')
  await writeFile(path, (await readFile(path, 'utf8')).replace('Hello from the backend!', 'Hello, workshop!'))
  const errors = new Set<string | null>()
  await eventually(async () => {
    await page.locator('#load-data').click()
    await page.locator('#load-data[aria-disabled="false"]').waitFor()
    errors.add(await page.locator('#data-status').textContent())
    expect(await exercise('hot-reload').getAttribute('data-done')).toBe('true')
  }, 30_000)
  expect([...errors]).toEqual([''])
  await page.locator('#data-message', { hasText: 'Hello, workshop!' }).waitFor()
})

test('what “Why?” refers to exists', async () => {
  const references = await page.locator('.why code').allTextContents()
  expect(references.length).toBeGreaterThanOrEqual(16)
  for (const reference of references.filter((text) => !text.startsWith('docker'))) {
    const [path = '', name = ''] = reference.split(': ')
    await promisify(execFile)('grep', ['-rqF', name, join(REPOSITORY, path)]).catch(() => {
      throw new Error(`There is no ${reference}`)
    })
  }
})

test('the progress outlives a reload, and can be reset', async () => {
  const done = page.locator('[data-exercise][data-done="true"]')
  await page.reload()
  await eventually(async () => expect(await done.count()).toBe(8))
  await page.locator('#reset-exercises').click()
  expect(await done.count()).toBe(0)
})
