import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
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

// A page that is left open would get what Vite tells the next one.
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())))

async function edit(file: string, from: string, to: string): Promise<void> {
  const path = join(directory, file)
  const text = await readFile(path, 'utf8')
  expect(text, file).toContain(from)
  await writeFile(path, text.replaceAll(from, to))
}

const getJson = async (path: string) => (await fetch(`${stack.url}/api/${path}`)).json()

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
})

/** Opens the page and waits until Vite can tell it what changes; what it logs from then on. */
async function openConnectedPage(): Promise<{ page: Page; log: string[] }> {
  const page = await browser.newPage()
  const log: string[] = []
  page.on('console', (message) => log.push(message.text()))
  await openPage(page, stack.url)
  await eventually(async () => expect(log).toContain('[vite] connected.'))
  log.splice(0)
  return { page, log }
}

test('a syntax error in frontend/src shows up on the page, and goes away with it', async () => {
  const { page } = await openConnectedPage()
  await edit('frontend/src/main.ts', 'import ', 'imp ort ')
  const overlay = page.locator('vite-error-overlay .message')
  await overlay.waitFor()
  expect(await overlay.textContent()).toContain('main.ts')
  expect(await overlay.evaluate((element) => getComputedStyle(element).fontFamily)).toContain('monospace')
  await edit('frontend/src/main.ts', 'imp ort ', 'import ')
  await overlay.waitFor({ state: 'detached' })
})

test('the page finds a restarted Vite again', async () => {
  const { page, log } = await openConnectedPage()
  await stack.compose('restart', 'frontend')
  await eventually(async () => expect(log).toContain('[vite] connected.'))
  await page.locator('#visit[aria-busy="false"]').waitFor()
})

test('the log is for people: what to open, and one line for each request of the API', async () => {
  await fetch(`${stack.url}/src/main.ts`)
  await fetch(`${stack.url}/api/data?logged`)
  const logged = async () =>
    (await stack.compose('logs')).split('\n').filter((line) => line.includes('?logged'))
  await eventually(async () => expect(await logged()).toHaveLength(1))
  expect((await logged())[0]).toMatch(/INFO: GET \/data\?logged 200 in \d+ ms/)
  const log = await stack.compose('logs')
  expect(log).toContain(`Open ${stack.url}\n`)
  expect(log).not.toContain('.env:')
  expect(log).not.toContain('"request":') // a line of nginx
  expect(log).not.toContain('[warn]')
  expect(await stack.compose('logs', 'postgres')).not.toContain('ERROR')
})

test('names each variable in .env that nothing reads', async () => {
  const file = join(directory, '.env')
  onTestFinished(() => rm(file))
  await writeFile(file, 'HTTP_PORT=8090\nCOMPOSE_PROFILES=tools\nTAG=1.2.3\nPORT="two\nLINES=2"\n')
  const check = ['run', '--rm', '--no-deps', 'nginx', 'nginx', '-t'] // as it starts, but it ends
  expect((await stack.compose(...check)).match(/^\.env: .*/gm)).toEqual([
    '.env: nothing reads PORT. All variables are in .env.example.',
  ])
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

test('the page is not for other sites: one whose name leads here is refused', async () => {
  const [{ statusCode }] = await once(
    request(stack.url, { headers: { Host: 'example.org' } }).end(),
    'response',
  )
  expect(statusCode).toBe(403)
  expect((await fetch(stack.url)).status).toBe(200)
})

test('Postgres and Adminer answer, on this machine only', async () => {
  const published = async (service: string, port: number) =>
    (await stack.compose('port', service, String(port))).trim()
  expect(await published('postgres', 5432)).toMatch(/^127\.0\.0\.1:\d+$/)
  const adminer = await published('adminer', 8080)
  expect(adminer).toMatch(/^127\.0\.0\.1:\d+$/)
  expect(await (await fetch(`http://${adminer}/`)).text()).toContain('Adminer')
})

test('the page of openapi.yaml sends requests to the API, and loads nothing from another host', async () => {
  const page = await (await browser.newContext()).newPage()
  const hosts = new Set<string>()
  page.on('request', (request) => hosts.add(new URL(request.url()).host))
  const host = (await stack.compose('port', 'openapi', '8080')).trim()
  await page.goto(`http://${host}`)
  await page.getByText('Counts a visit').click()
  await page.getByRole('button', { name: 'Try it out' }).click()
  const answer = page.waitForResponse((response) => response.url().endsWith('/api/visits'))
  await page.getByRole('button', { name: 'Execute' }).click()
  expect((await answer).status()).toBe(201)
  expect([...hosts]).toEqual([host])
})

test('a debugger attaches, on this machine only, at the same port after a restart and with three backends', async () => {
  const address = `127.0.0.1:${stack.environment.DEBUG_PORT}`
  expect((await stack.compose('port', 'nginx', '9229')).trim()).toBe(address)
  for (const change of [[], ['--force-recreate'], ['--scale', 'backend=3']]) {
    await stack.compose('up', '--detach', '--wait', '--no-deps', ...change, 'backend')
    await eventually(async () => expect(await evaluate(address, 'process.argv[1]')).toBe('/app/src/main.ts'))
  }
})

/** The value of an expression in the process that is debugged. */
async function evaluate(address: string, expression: string): Promise<unknown> {
  const [target] = (await (await fetch(`http://${address}/json/list`)).json()) as {
    webSocketDebuggerUrl: string
  }[]
  const page = await browser.newPage() // Node 20 has no WebSocket
  return page.evaluate(
    ([url = '', command = '']) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(url)
        socket.onopen = () => socket.send(command)
        socket.onmessage = ({ data }) => resolve(JSON.parse(data).result.result.value)
        socket.onerror = reject
      }),
    [
      target?.webSocketDebuggerUrl,
      JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }),
    ],
  )
}

describe('while `docker compose up --watch` runs', () => {
  let watch: ChildProcess
  let output = ''

  beforeAll(async () => {
    watch = spawn('docker', ['compose', 'watch', '--no-up'], {
      cwd: directory,
      env: { ...process.env, ...stack.environment },
    })
    for (const stream of [watch.stdout, watch.stderr]) stream?.on('data', (chunk) => (output += chunk))
    await eventually(async () => expect(output).toContain('Watch enabled'))
  })

  afterAll(() => watch?.kill('SIGINT'))

  test('a changed package.json rebuilds the image', { timeout: 120_000 }, async () => {
    const { version } = await getJson('status')
    await edit('backend/package.json', `"version": "${version}"`, '"version": "99.0.0"')
    await eventually(async () => expect(await getJson('status')).toMatchObject({ version: '99.0.0' }), 90_000)
  })

  test('an edit of index.html is synchronized', async () => {
    await edit('frontend/index.html', '<title>', '<title>Another ')
    await eventually(async () => {
      expect(await (await fetch(stack.url)).text()).toContain('<title>Another ')
    })
  })

  test('an edit of nginx’s configuration is used', { timeout: 120_000 }, async () => {
    await edit('nginx/nginx.conf', 'Referrer-Policy no-referrer', 'Referrer-Policy same-origin')
    await eventually(async () => {
      const { headers } = await fetch(`${stack.url}/api/data`)
      expect(headers.get('referrer-policy')).toBe('same-origin')
    }, 60_000)
  })
})
