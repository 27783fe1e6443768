import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser, openPage } from './browser.ts'
import { PROD, REPOSITORY, type Stack, startStack } from './compose.ts'
import { recoveryTime } from './inspect.ts'

const SCREENSHOTS = join(REPOSITORY, 'e2e/screenshots')
const WIDTHS = [320, 768, 1024, 1280, 1920]

let stack: Stack
let browser: Browser

beforeAll(async () => {
  stack = await startStack(PROD, ['--scale', 'backend=3'])
  browser = await launchBrowser()
  await mkdir(SCREENSHOTS, { recursive: true })
})

afterAll(async () => {
  await browser?.close()
  await stack?.remove()
})

/** The states in which the page is looked at, each with what brings it about and undoes it. */
const states: [name: string, stop: string[]][] = [
  ['all up', []],
  ['Redis down', ['redis']],
  ['Postgres down', ['postgres']],
  ['both down', ['redis', 'postgres']],
  ['no backend', ['backend']],
]

describe.each(states)('with %s', (name, stopped) => {
  beforeAll(async () => {
    if (stopped.length > 0) await stack.compose('stop', ...stopped)
  })

  afterAll(async () => {
    if (stopped.length > 0) await stack.compose('start', ...stopped)
    await recoveryTime(stack)
  })

  test.each(['light', 'dark'] as const)(
    'axe finds nothing, and nothing overflows, in %s',
    async (colorScheme) => {
      const page = await browser.newPage({ colorScheme, reducedMotion: 'reduce' })
      await openPage(page, stack.url)
      for (const service of stopped) {
        await page.locator(`[data-component="${service}"][data-state="down"]`).first().waitFor()
      }
      await page.locator('#visit-burst').click()
      await page.locator('#outcome', { hasText: /[0-9]+ visits (got|were|may)/ }).waitFor()
      await page.locator('[open] > .why > summary').click()
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 })
        expect(
          await page.evaluate('document.documentElement.scrollWidth'),
          `${width} px`,
        ).toBeLessThanOrEqual(width)
        const path = join(SCREENSHOTS, `${name}-${colorScheme}-${width}.png`.replaceAll(' ', '-'))
        await page.screenshot({ path, fullPage: true })
        expect(await findingsOfAxe(page), `${width} px`).toEqual([])
      }
      await page.close()
    },
  )
})

test.each([
  [1280, 720],
  [1024, 768],
])(
  'at %i × %i, each exercise is in view together with the map when it is the current one',
  async (width, height) => {
    const page = await browser.newPage({ viewport: { width, height } })
    await openPage(page, stack.url)
    await page.locator('[data-component="backend"][data-state="up"]').nth(2).waitFor()
    const ids = await page
      .locator('[data-exercise]')
      .evaluateAll((items) => items.map((item) => item.getAttribute('data-exercise')))
    for (const id of ids) {
      const exercise = page.locator(`[data-exercise="${id}"]`)
      if (!(await exercise.locator('.expect').isVisible())) await exercise.locator('summary').first().click()
      await page.locator(`#exercise-list > :first-child[data-exercise="${id}"]`).waitFor()
      await page.evaluate('scrollTo(0, 0)')
      for (const part of [page.locator('.map'), exercise]) {
        const box = await part.boundingBox()
        expect((box?.y ?? height) + (box?.height ?? 0), `${id}, ${part}`).toBeLessThanOrEqual(height)
      }
    }
    await page.screenshot({ path: join(SCREENSHOTS, `exercise-${width}x${height}.png`) })
    await page.close()
  },
)

/** What axe-core finds on the page, one line for each rule. */
async function findingsOfAxe(page: Page): Promise<string[]> {
  // As a function's body, which the page's Content-Security-Policy does not concern.
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
  const options: RunOptions = { resultTypes: ['violations'] }
  const { violations } = (await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`)) as AxeResults
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`)
}
