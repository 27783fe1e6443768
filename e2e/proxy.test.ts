import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, visit } from './client.ts'
import { PROD, type Stack, startStack } from './compose.ts'

let stack: Stack

beforeAll(async () => {
  stack = await startStack(PROD)
})

afterAll(() => stack?.remove())

const get = (path: string, options?: RequestInit) => fetch(`${stack.url}${path}`, options)

/** Starts nginx again with other values for these variables, and waits until the entry knows its address. */
async function replaceNginx(environment: NodeJS.ProcessEnv = {}): Promise<void> {
  await stack.composeWith(environment, 'up', '--detach', '--wait', '--no-deps', 'nginx')
  await eventually(() => get('/'))
}

async function expectProblem(response: Response, status: number): Promise<void> {
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(await response.json()).toMatchObject({
    status,
    title: expect.any(String),
    detail: expect.any(String),
  })
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
}

describe('the page', () => {
  test('is asked for again each time, and its hashed assets never', async () => {
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
  test.each(['/', '/assets/missing.js', '/api/data', '/api/nothing'])('%s', async (path) => {
    const { headers } = await get(path)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/)
    expect(headers.get('server')).toBe('nginx')
    expect(headers.get('x-powered-by')).toBeNull()
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
    const entry = await stack.compose('exec', '-T', 'entry', 'hostname', '-i')
    await eventually(async () => {
      const logs = await stack.compose('logs', 'backend')
      const [, client] = logs.match(/\/data\?forged","client":"([^"]+)"/) ?? []
      expect(client).toBeDefined()
      expect(client).not.toBe(entry.trim())
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

  test('413 for a body that is too large', async () => {
    await expectProblem(await get('/api/visits', { method: 'POST', body: 'x'.repeat(20_000) }), 413)
  })

  test.each(['/api/metrics', '/api/metrics/', '/api/METRICS', '/api/%6detrics', '/api/x/../metrics'])(
    '404 for %s, which is not for the public',
    async (path) => expectProblem(await rawGet(path), 404),
  )

  test('429 for a client that writes too much, but not when it reads', async () => {
    await replaceNginx({ WRITE_RATE: '1r/s', WRITE_BURST: '5' })
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => get('/api/visits', { method: 'POST' })),
    )
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(10)
    expect(refused[0]?.headers.get('retry-after')).toBe('1')
    await expectProblem(refused[0] as Response, 429)
    expect((await get('/api/visits')).status).toBe(200)
    await replaceNginx()
  })

  test('502 or 504 while no backend runs, and no longer than that', async () => {
    await stack.compose('stop', 'backend')
    const response = await get('/api/visits', { method: 'POST' })
    expect(response.headers.get('retry-after')).toBe('1')
    // 504: the address of a backend that was there a moment ago does not answer.
    expect([502, 504]).toContain(response.status)
    await expectProblem(response, response.status)
    await stack.compose('start', 'backend')
    await eventually(() => visit(stack))
  })
})

describe('limits', () => {
  const request = 'POST /api/visits HTTP/1.1\r\nHost: localhost\r\n'

  test.each([
    ['request', request],
    ['body', `${request}Content-Length: 100\r\n\r\n{`],
  ])(
    'a client that sends its %s too slowly is cut off',
    async (_part, sent) => {
      expect(await exchange(sent)).not.toContain('201')
    },
    20_000,
  )

  test('500 clients that send slowly keep nobody else waiting', async () => {
    const attack = Array.from({ length: 500 }, () => exchange(request))
    const startedAt = performance.now()
    await visit(stack)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    await Promise.all(attack)
  }, 30_000)

  test('headers that are too large are refused', async () => {
    expect(await exchange(`${request}X-Large: ${'x'.repeat(10_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 400 /)
    expect(await exchange(`GET /${'x'.repeat(10_000)} HTTP/1.1\r\n\r\n`)).toMatch(/^HTTP\/1.1 414 /)
  })

  test.each([
    ['POST', '/', 405],
    ['DELETE', '/favicon.svg', 405],
    ['TRACE', '/', 405],
    ['TRACE', '/api/visits', 405],
    ['PUT', '/api/visits', 405],
  ])('%s %s is not allowed', async (method, path, status) => {
    const answer = await exchange(
      `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    )
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(answer).toContain("Content-Security-Policy: default-src 'none'")
    expect(answer).not.toMatch(/nginx\/\d/)
  })

  test('a client may hold only so many streams of events; beyond them it is told so', async () => {
    await replaceNginx({ STREAMS: '2' })
    const closing = new AbortController()
    const open = () => get('/api/events', { signal: closing.signal })
    const streams = [await open(), await open()]
    for (const { status } of streams) expect(status).toBe(200)
    await expectProblem(await open(), 429)
    expect((await get('/api/status')).status).toBe(200)
    closing.abort()
    await replaceNginx()
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

/** A GET whose path is sent as it is; fetch would tidy it up. */
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
