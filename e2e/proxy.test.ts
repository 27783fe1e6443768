import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deviations, openApi } from '../backend/test/helpers/openapi.ts'
import { eventually, visit } from './client.ts'
import { docker, PROD, type Stack, startStack } from './compose.ts'
import { containersOf, recoveryTime } from './inspect.ts'

const _CLIENTS = 50

let stack: Stack

beforeAll(async () => {
  stack = await startStack(PROD, ['--scale', 'backend=3'])
})

afterAll(() => stack?.remove())

const get = (path: string, options?: RequestInit) => fetch(`${stack.url}${path}`, options)

/** Expects a problem as openapi.yaml describes it; nginx makes some itself. */
async function expectProblem(response: Response, status: number): Promise<void> {
  expect(response.status).toBe(status)
  const answer = { headers: Object.fromEntries(response.headers), text: await response.text() }
  expect(deviations(answer, openApi.components.responses[status])).toEqual([])
  expect(JSON.parse(answer.text)).toMatchObject({ status })
}

describe('the page', () => {
  test('is revalidated each time, its hashed assets never', async () => {
    const index = await get('/')
    expect(index.headers.get('cache-control')).toBe('no-cache')
    const [asset] = (await index.text()).match(/\/assets\/[\w.-]+\.js/) ?? []
    const script = await get(asset ?? 'no asset in index.html')
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(script.headers.get('content-encoding')).toBe('gzip')
  })

  test('is served for the addresses of the app, but not for missing assets', async () => {
    expect((await get('/any/address')).status).toBe(200)
    expect((await get('/assets/missing.js')).status).toBe(404)
  })
})

describe('headers', () => {
  const large = 'x'.repeat(10_000)
  const post = 'POST /api/visits HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n'

  test.each([
    ['the page', 200, 'GET / HTTP/1.0\r\nHost: localhost\r\n\r\n'],
    ['the API', 200, 'GET /api/data HTTP/1.0\r\nHost: localhost\r\n\r\n'],
    ['a redirect', 301, 'GET /api HTTP/1.0\r\nHost: localhost\r\n\r\n'],
    ['no request', 400, 'nonsense\r\n\r\n'],
    ['no host', 400, 'GET / HTTP/1.1\r\n\r\n'],
    ['a missing asset', 404, 'GET /assets/missing.js HTTP/1.0\r\nHost: localhost\r\n\r\n'],
    ['a missing route', 404, 'GET /api/nothing HTTP/1.0\r\nHost: localhost\r\n\r\n'],
    ['POST to the page', 405, 'POST / HTTP/1.0\r\nHost: localhost\r\n\r\n'],
    ['DELETE of a file', 405, 'DELETE /favicon.svg HTTP/1.0\r\nHost: localhost\r\n\r\n'],
    ['PUT to the API', 405, 'PUT /api/visits HTTP/1.0\r\nHost: localhost\r\n\r\n'],
    ['TRACE', 405, 'TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'],
    ['a large body', 413, `${post}Content-Length: 20000\r\n\r\n`],
    ['a large address', 414, `GET /${large} HTTP/1.0\r\n\r\n`],
    ['a large header', 400, `${post}X-Large: ${large}\r\n\r\n`],
    ['many headers', 400, `${post}${`X-Large: ${'x'.repeat(3_900)}\r\n`.repeat(6)}\r\n`],
  ])('%s: %d, with all security headers and without versions', async (_name, status, bytes) => {
    const answer = await exchange(bytes)
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(answer).toContain(
      "\r\nContent-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';",
    )
    expect(answer).toContain('\r\nX-Content-Type-Options: nosniff\r\n')
    expect(answer).toMatch(/\r\nX-Request-Id: [0-9a-f]{32}\r\n/)
    expect(answer).not.toMatch(/nginx\/\d|X-Powered-By/i)
  })

  test('the redirect keeps scheme, host and port', async () => {
    expect((await get('/api', { redirect: 'manual' })).headers.get('location')).toBe('/api/')
  })

  test('the id of a request is in the logs of nginx and of the backend, and a client cannot choose it', async () => {
    const response = await get('/api/data', { headers: { 'X-Request-Id': 'forged-request-id' } })
    const id = response.headers.get('x-request-id') ?? ''
    expect(id).toMatch(/^[0-9a-f]{32}$/)
    await eventually(async () => {
      expect(await stack.compose('logs', 'nginx')).toContain(id)
      expect(await stack.compose('logs', 'backend')).toContain(id)
    })
  })

  test('the backend is told who the client is, and not what the client claims', async () => {
    const forged = '203.0.113.7'
    await get('/api/data?forged', { headers: { 'X-Forwarded-For': forged, 'X-Real-IP': forged } })
    await eventually(async () => {
      const logs = await stack.compose('logs', 'backend', 'nginx')
      expect(logs).toMatch(/\/data\?forged","client":"[\d.]+"/)
      expect(logs).not.toContain(forged)
    })
  })
})

describe('errors under /api/ are problems', () => {
  test('404 and 405 of the backend', async () => {
    await expectProblem(await get('/api/nothing'), 404)
    const response = await get('/api/visits', { method: 'DELETE' })
    expect(response.headers.get('allow')).toBe('GET, HEAD, POST')
    await expectProblem(response, 405)
  })

  test('413 and 414 for a body and an address that are too large', async () => {
    await expectProblem(await get('/api/visits', { method: 'POST', body: 'x'.repeat(20_000) }), 413)
    await expectProblem(await get(`/api/${'x'.repeat(10_000)}`), 414)
  })

  const internal = [
    'metrics',
    'metrics/',
    'METRICS',
    '%6detrics',
    'metrics%2f',
    'metrics;x',
    'metrics?x=/',
    'x/../metrics',
  ]
  const slashes = ['/api//metrics', '//api/metrics', '/api/./metrics', '/api/%2e/metrics', '/api/%2fmetrics']
  test.each([...internal.map((name) => `/api/${name}`), ...slashes])('404 for %s', async (path) => {
    for (const each of [
      path,
      path.replace('etrics', 'ETRICS'),
      path.replace(/m?etrics/i, 'replica').replace('%6d', ''),
    ]) {
      await expectProblem(await rawGet(each), 404)
    }
  })

  test('429 for a client that writes too much, but not when it reads', async () => {
    await stack.composeWith(
      { WRITE_RATE: '1r/s', WRITE_BURST: '5' },
      'up',
      '--detach',
      '--wait',
      '--no-deps',
      'nginx',
    )
    const posts = Array.from({ length: 250 }, () => get('/api/visits', { method: 'POST' }))
    const refused = (await Promise.all(posts)).filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(20)
    expect(refused[0]?.headers.get('retry-after')).toBe('1')
    await expectProblem(refused[0] as Response, 429)
    expect((await get('/api/visits')).status).toBe(200)
    await stack.compose('up', '--detach', '--wait', '--no-deps', 'nginx')
  })
})

test('429 for a client that reads far too much', async () => {
  // In a row on few connections, so that they come faster than the limit on any machine.
  const requests = 'GET /favicon.svg HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(999)
  const last = 'GET / HTTP/1.0\r\n\r\n'
  const answers = await Promise.all(Array.from({ length: 10 }, () => exchange(requests + last)))
  const refused = answers.join('').match(/HTTP\/1.1 429 /g) ?? []
  expect(refused.length).toBeGreaterThan(100)
  await eventually(async () => expect((await get('/')).status).toBe(200))
})

test('503 while no backend runs, and no longer than that', async () => {
  await stack.compose('stop', 'backend')
  await eventually(async () => {
    const response = await get('/api/visits', { method: 'POST' })
    expect(response.headers.get('retry-after')).toBe('1')
    await expectProblem(response, 503)
  })
  await stack.compose('start', 'backend')
  await eventually(() => visit(stack))
  await recoveryTime(stack)
})

describe('limits', () => {
  const start = 'POST /api/visits HTTP/1.1\r\nHost: localhost\r\n'

  test.each([
    ['request', start],
    ['body', `${start}Content-Length: 100\r\n\r\n{`],
  ])('a client that sends its %s too slowly is cut off', { timeout: 20_000 }, async (_part, sent) => {
    expect(await exchange(sent)).not.toContain('201')
  })

  test('500 clients that send slowly do not hold up others', { timeout: 30_000 }, async () => {
    const attack = Array.from({ length: 500 }, () => exchange(start))
    const startedAt = performance.now()
    await visit(stack)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    await Promise.all(attack)
  })

  test('nginx has two workers, however many cores the machine has', async () => {
    const [container] = await containersOf(stack, 'nginx')
    expect((await docker('top', container as string)).match(/nginx: worker process/g)).toHaveLength(2)
  })
})

/** Sends bytes as they are, and returns everything that comes back until nginx closes the connection. */
function exchange(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let received = ''
    connect(Number(new URL(stack.url).port), 'localhost')
      .on('data', (chunk) => (received += chunk))
      .on('error', () => {}) // a reset: 'close' follows
      .on('close', () => resolve(received))
      .write(bytes)
  })
}

/** A GET whose path is sent as it is; fetch would normalize it. */
function rawGet(path: string): Promise<Response> {
  return new Promise((resolve, reject) => {
    request(stack.url, { path }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk) => chunks.push(chunk))
      incoming.on('end', () => {
        const headers = incoming.headers as Record<string, string>
        resolve(new Response(Buffer.concat(chunks), { status: incoming.statusCode, headers }))
      })
    })
      .on('error', reject)
      .end()
  })
}
