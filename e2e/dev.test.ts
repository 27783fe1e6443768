import { spawn } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser, openPage } from './browser.ts'
import { eventually, visit } from './client.ts'
import { copyRepository, docker, type Stack, startStack } from './compose.ts'
import { containersOf } from './inspect.ts'

let directory: string
let stack: Stack
let browser: Browser

beforeAll(async () => {
  directory = await copyRepository()
  browser = await launchBrowser()
  // No -f: what a plain `docker compose up` starts.
  stack = await startStack(['--profile', 'tools'], [], { directory })
})

afterAll(async () => {
  await browser?.close()
  await stack?.remove()
  await rm(directory, { recursive: true, force: true })
})

async function edit(file: string, from: string, to: string): Promise<void> {
  const path = join(directory, file)
  const text = await readFile(path, 'utf8')
  expect(text, file).toContain(from)
  await writeFile(path, text.replaceAll(from, to))
}

const getJson = async (path: string) => (await fetch(`${stack.url}/api/${path}`)).json()

/** The address under which a port of a service is published. */
const published = async (service: string, port: number) =>
  (await stack.compose('port', service, String(port))).trim()

test('editing backend/src reloads the API, and the count goes on', async () => {
  const { count } = await visit(stack)
  await edit('backend/src/routes/data.ts', 'Hello from the backend!', 'Hello again!')
  await eventually(async () => expect(await getJson('data')).toMatchObject({ message: 'Hello again!' }))
  expect((await eventually(() => visit(stack))).count).toBe(count + 1)
})

test('editing frontend/src updates the page in the browser, styles without a reload', async () => {
  const page = await browser.newPage()
  const errors: string[] = []
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  page.on('framenavigated', () => errors.splice(0)) // only those of the load that counts
  const connected = page.waitForEvent('console', (message) => message.text().includes('[vite] connected'))
  await openPage(page, stack.url)
  await connected
  expect(errors).toEqual([])

  await page.evaluate('window.notReloaded = true')
  const css = join(directory, 'frontend/src/layout.css')
  await writeFile(css, `${await readFile(css, 'utf8')}\nbody { letter-spacing: 3px }\n`)
  await eventually(async () => {
    expect(await page.evaluate('getComputedStyle(document.body).letterSpacing')).toBe('3px')
  })
  expect(await page.evaluate('window.notReloaded')).toBe(true)
  await page.close()
})

test('every container is as locked up as in production, but for what reloads', async () => {
  for (const container of JSON.parse(await docker('inspect', ...(await containersOf(stack))))) {
    expect(container.Config.User, container.Name).not.toMatch(/^(|0|root)(:|$)/)
    expect(container.HostConfig, container.Name).toMatchObject({
      ReadonlyRootfs: !container.Name.includes('-frontend-'),
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
      Init: true,
    })
  }
})

test('the debugger, Postgres and Adminer answer, on this machine only', async () => {
  const debuggerAddress = await published('backend', 9229)
  const postgres = await published('postgres', 5432)
  const adminer = await published('adminer', 8080)
  for (const address of [debuggerAddress, postgres, adminer]) expect(address).toMatch(/^127\.0\.0\.1:\d+$/)
  const version = await (await fetch(`http://${debuggerAddress}/json/version`)).json()
  expect(version).toMatchObject({ 'Protocol-Version': expect.any(String) })
  expect(await (await fetch(`http://${adminer}/`)).text()).toContain('Adminer')
})

test('while `docker compose up --watch` runs, a changed package.json rebuilds the image, and index.html is synced', async () => {
  const { version } = await getJson('status')
  const watch = spawn('docker', ['compose', '-p', stack.project, 'watch', '--no-up'], {
    cwd: directory,
    env: { ...process.env, ...stack.environment },
  })
  let output = ''
  for (const stream of [watch.stdout, watch.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  try {
    await edit('backend/package.json', `"version": "${version}"`, '"version": "99.0.0"')
    // The first change may come before Compose watches; and it waits until a file has been quiet for a while.
    await eventually(
      async () => {
        await edit('backend/package.json', '99.0.0', '99.0.0')
        expect(output).toContain('Rebuilding service(s) ["backend"]')
      },
      20_000,
      2_000,
    )
    await eventually(async () => expect(await getJson('status')).toMatchObject({ version: '99.0.0' }), 90_000)
    await edit('frontend/index.html', '<title>Visit counter', '<title>Another title')
    await eventually(async () => {
      expect(await (await fetch(stack.url)).text()).toContain('<title>Another title')
    })
  } finally {
    watch.kill('SIGINT')
  }
}, 120_000)
