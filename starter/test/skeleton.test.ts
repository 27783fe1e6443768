import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { blocksOf } from '../../docs/test/markdown.ts'
import { launchBrowser } from '../../e2e/browser.ts'
import { linkModules, npmStart, until } from '../../local/test/npm-start.ts'
import { makeApp, npm, removeFolder } from './fresh.ts'

test('without the counter, as docs/without-the-counter.md says, the rest runs', {
  timeout: 400_000,
}, async () => {
  const root = await makeApp('my-shop')
  onTestFinished(() => removeFolder(root))
  await linkModules(root)
  removeCounter(root)
  for (const part of ['backend', 'frontend']) await npm(root, 'run', 'typecheck', '--prefix', part)
  const tests = (await npm(root, 'test', '--prefix', 'frontend')) + (await npm(root, 'test', '--', 'test'))
  expect(tests.match(/^ *Tests +\d+ passed/gm)).toHaveLength(2)
  expect(tests).not.toMatch(/^ *Tests .*(failed|skipped)/m)

  const app = await npmStart({ root })
  const browser = await launchBrowser()
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  await page.goto(`http://localhost:${app.port}`)
  await page.locator('#load-data').click()
  await page.locator('#data-message', { hasText: 'Hello from the backend!' }).waitFor()
  expect(await page.locator('section').count()).toBe(1)
  expect(errors).toEqual([])
  await until(async () => {
    const ready = await (await app.api('/health/ready')).json()
    expect(ready).toEqual({ status: 'ok', redis: 'up', postgres: 'up' })
  })
  expect((await app.api('/visits', 'POST')).status).toBe(404)
  const metrics = await (await fetch(`http://127.0.0.1:${app.portOf('Backend')}/metrics`)).text()
  expect(metrics).toMatch(/^redis_up 1$/m)
  expect(metrics).toMatch(/^postgres_up 1$/m)
  expect(metrics).not.toContain('visits')
  // Longer than a connection to Redis may be silent: nothing is asked, and nothing must happen.
  await delay(4_000)
  expect(app.output()).not.toContain('is down')
})

/** Does what the page says: its commands, its changes of lines, its new files, and what it says of two other files. */
function removeCounter(root: string): void {
  const change = (file: string, edit: (text: string) => string) =>
    writeFileSync(join(root, file), edit(readFileSync(join(root, file), 'utf8')))
  const page = readFileSync(join(root, 'docs/without-the-counter.md'), 'utf8')
  for (const { before, language, text } of blocksOf(page)) {
    const [, file = ''] = before.match(/`([\w./]+)`/) ?? []
    if (language === 'sh') execFileSync('sh', ['-euc', text], { cwd: root })
    if (language === 'diff') change(file, (source) => text.split('@@\n').reduce(apply, source))
    if (language === 'ts') change(file, () => text)
  }
  change('frontend/index.html', (html) =>
    html
      .replaceAll(/ {6}<section id="(visit|map|visits)".*?<\/section>\n\n?/gs, '')
      .replace('    <link rel="stylesheet" href="/src/map.css">\n', ''),
  )
  change('backend/openapi.yaml', (description) =>
    description
      .replace(/^ {2}\/visits:\n.*?(?=^ {2}\/)/ms, '')
      .replace(/^ {4}Visits:\n.*?(?=^ {4}\w)/ms, '')
      .replaceAll(/^( +)(visits|counted):\n(?:\1 .*\n)+/gm, '')
      .replace(/^ +visits: \{.*\n/m, '')
      .replaceAll(/, counted: \{.*?\}/g, '')
      .replaceAll(/(?<=required: \[.*), (visits|counted)\b/g, ''),
  )
}

/** A text after one change of lines that follow each other. */
function apply(source: string, lines: string): string {
  const old = lines.replaceAll(/^\+.*\n/gm, '').replaceAll(/^-/gm, '')
  expect(source.split(old), `once: ${old}`).toHaveLength(2)
  return source.replace(old, () => lines.replaceAll(/^-.*\n/gm, '').replaceAll(/^\+/gm, ''))
}
