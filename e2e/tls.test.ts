import { execFile } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { connect as connectHttp2 } from 'node:http2'
import { join } from 'node:path'
import { connect, type SecureVersion, type TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from './browser.ts'
import { eventually } from './client.ts'
import { copyRepository, OWN_CERTIFICATE, type Stack, startStack } from './compose.ts'

let directory: string
let stack: Stack
let port: number
let certificate: Buffer

beforeAll(async () => {
  directory = await copyRepository()
  await promisify(execFile)('npm', ['run', 'certificate'], { cwd: directory })
  certificate = await readFile(join(directory, 'secrets/tls/certificate.pem'))
  const environment = { DOMAIN: 'localhost', TLS_DIR: './secrets/tls' }
  stack = await startStack(OWN_CERTIFICATE, [], { directory, environment })
  port = Number(stack.environment.HTTPS_PORT)
})

afterAll(async () => {
  await stack?.remove()
  await rm(directory, { recursive: true, force: true })
})

/** A handshake with this protocol version only; the socket, or the reason why there is none. */
function shakeHands(version: SecureVersion): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const versions = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' }
    const socket = connect({ host: 'localhost', port, ca: certificate, ALPNProtocols: ['h2'], ...versions })
    socket.once('secureConnect', () => resolve(socket)).once('error', reject)
  })
}

test('http leads to https, the path included', async () => {
  const response = await fetch(`${stack.url}/some/page?x=1`, { redirect: 'manual' })
  expect(response.status).toBe(308)
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(response.headers.get('location')).toBe(`https://localhost:${port}/some/page?x=1`)
})

test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s is spoken, with HTTP/2', async (version) => {
  const socket = await shakeHands(version)
  expect(socket.authorized).toBe(true)
  expect(socket.getProtocol()).toBe(version)
  expect(socket.alpnProtocol).toBe('h2')
  expect(socket.getCipher().name).toMatch(/GCM|CHACHA20/)
  socket.destroy()
})

test.each(['TLSv1', 'TLSv1.1'] as const)('%s is refused', async (version) => {
  await expect(shakeHands(version)).rejects.toThrow(/alert protocol version/)
})

test('a renewed certificate is used without a reload', async () => {
  const before = (await shakeHands('TLSv1.3')).getPeerCertificate().serialNumber
  // Into the same files, which the container has mounted.
  await promisify(execFile)('npm', ['run', 'certificate'], { cwd: directory })
  certificate = await readFile(join(directory, 'secrets/tls/certificate.pem'))
  await eventually(async () => {
    expect((await shakeHands('TLSv1.3')).getPeerCertificate().serialNumber).not.toBe(before)
  }, 30_000)
})

/** Sends a request over HTTP/2; the headers of the answer. */
async function request(method: string, path: string, body = ''): Promise<Record<string, unknown>> {
  const session = connectHttp2(`https://localhost:${port}`, { ca: certificate })
  const stream = session.request({ ':method': method, ':path': path }, { endStream: !body })
  if (body) stream.end(body)
  const [headers] = await once(stream, 'response')
  session.destroy()
  return headers
}

test.each([
  [201, 'POST', '/api/visits', ''],
  [301, 'GET', '/api', ''],
  [404, 'GET', '/api/metrics', ''],
  [404, 'GET', '/assets/missing.js', ''],
  [405, 'POST', '/', ''],
  [413, 'POST', '/api/visits', 'x'.repeat(20_000)],
])('the answer %d over HTTP/2 tells the browser to stay with https', async (status, method, path, body) => {
  const headers = await request(method, path, body)
  expect(headers).toMatchObject({
    ':status': status,
    'strict-transport-security': 'max-age=31536000',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
  })
  if (status === 301) expect(headers.location).toBe('/api/')
  if (status === 413) expect(headers['content-type']).toBe('application/problem+json')
})

test('a connection has at most 32 streams', async () => {
  const session = connectHttp2(`https://localhost:${port}`, { ca: certificate })
  const [settings] = await once(session, 'remoteSettings')
  session.destroy()
  expect(settings.maxConcurrentStreams).toBe(32)
})

test('a browser uses HTTP/3', async () => {
  const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' })
  const hash = createHash('sha256').update(key).digest('base64')
  const browser = await launchBrowser(
    `--origin-to-force-quic-on=localhost:${port}`,
    `--ignore-certificate-errors-spki-list=${hash}`,
    '--host-resolver-rules=MAP localhost 127.0.0.1', // not ::1, where nothing listens
  )
  try {
    const page = await browser.newPage()
    await page.goto(`https://localhost:${port}`)
    const protocol = 'performance.getEntriesByType("navigation")[0].nextHopProtocol'
    expect(await page.evaluate(protocol)).toBe('h3')
    await page.locator('#count[data-count]').waitFor()
  } finally {
    await browser.close()
  }
})

test('without a certificate nothing starts, and the message says how to make one', async () => {
  const start = stack.composeWith({ TLS_DIR: '' }, 'config')
  await expect(start).rejects.toThrow(/TLS_DIR.*npm run certificate/)
})
