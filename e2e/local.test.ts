import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { copyOfApp, inTerminal, npmStart } from '../local/test/npm-start.ts'
import { launchBrowser, openPage } from './browser.ts'
import { eventually } from './client.ts'

const MESSAGE = 'Hello from the backend!'

// As a learner: `npm start` in a terminal, the page open, and each key taken from the page.
test('without Docker, the exercises are done key by key', { timeout: 180_000 }, async () => {
  const root = await copyOfApp()
  const app = await npmStart({ ...inTerminal, root })
  const browser = await launchBrowser()
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  await openPage(page, `http://localhost:${app.port}`)
  expect(await page.locator('[data-component="nginx"]').count()).toBe(0)

  const exercise = (id: string) => page.locator(`[data-exercise="${id}"]`)
  /** Waits until the exercise is checked off; presses a button until then. */
  const expectDone = (id: string, button: string) =>
    eventually(async () => {
      await page.locator(button).click()
      expect(await exercise(id).getAttribute('data-done'), id).toBe('true')
    }, 30_000)

  for (const id of ['stop-redis', 'start-redis', 'stop-postgres', 'start-postgres', 'restart']) {
    await exercise(id).locator('.expect').waitFor() // it is the open one
    expect(await exercise(id).getAttribute('data-done'), id).toBe('false')
    app.type(await exercise(id).locator('kbd').innerText())
    await expectDone(id, '#visit-again')
  }

  const file = join(root, await exercise('hot-reload').locator('.command code').innerText())
  await page.locator('#load-data').click()
  await page.locator('#data-message', { hasText: MESSAGE }).waitFor()
  await writeFile(file, (await readFile(file, 'utf8')).replace(MESSAGE, 'Hello, workshop!'))
  await expectDone('hot-reload', '#load-data')

  expect(await page.locator('#exercises-done').innerText()).toBe('6 of 6 done')
  const others = page.locator('#exercise-list > li:not([data-exercise])')
  expect(await others.locator('.tick').allInnerTexts()).toEqual(['with Docker', 'with Docker'])
})
