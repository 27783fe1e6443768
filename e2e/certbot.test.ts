import { once } from 'node:events'
import { request as requestHttp } from 'node:http'
import { type RequestOptions, request } from 'node:https'
import { text } from 'node:stream/consumers'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from './client.ts'
import { type Stack, startStack, TLS } from './compose.ts'

const DOMAIN = 'visits.test'
const CLIENTS = 10
// nginx looks every 10 s whether there is a new certificate.
const SEEN_WITHIN_MS = 30_000

let stack: Stack
let authority: string

beforeAll(async () => {
  stack = await startStack([...TLS, '-f', 'e2e/pebble.yaml'], ['pebble'], { environment: { DOMAIN } })
  const port = (await stack.compose('port', 'pebble', '15000')).trim().split(':')[1]
  const roots = { port, path: '/roots/0', rejectUnauthorized: false }
  authority = await eventually(async () => (await ask(roots)).body, 60_000)
  await stack.compose('up', '--detach', '--wait')
})

afterAll(() => stack?.remove())

/** Asks over a connection of its own; the answer, and the certificate's serial number. */
async function ask(options: RequestOptions) {
  const asked = request({ host: '127.0.0.1', agent: false, timeout: 10_000, ...options })
  asked.on('timeout', () => asked.destroy(new Error('no answer within 10 s'))).end()
  const [response] = await once(asked, 'response')
  const { serialNumber } = (response.socket as TLSSocket).getPeerCertificate()
  return { status: response.statusCode, body: await text(response), serialNumber }
}

/** Counts a visit as a browser would that trusts the issuer. */
function visit() {
  const port = stack.environment.HTTPS_PORT
  return ask({ method: 'POST', path: '/api/visits', port, servername: DOMAIN, ca: authority })
}

/** Makes certbot think that the certificate ends soon, and look again. */
async function renew(): Promise<void> {
  const edit = ['sed', '-i', '-e', '1i renew_before_expiry = 3650 days', '-e', '/^renew_before_expiry/d']
  await stack.compose('exec', '-T', 'certbot', ...edit, 'renewal/visits.conf')
  await stack.compose('restart', 'certbot')
}

test('DOMAIN has a certificate of the issuer', async () => {
  expect(await visit()).toMatchObject({ status: 201 })
})

test('http leads to https, but for what the issuer asks for; the key is not to be had', async () => {
  const status = async (path: string) => {
    const [{ statusCode }] = await once(
      requestHttp({ port: stack.environment.HTTP_PORT, path }).end(),
      'response',
    )
    return statusCode
  }
  expect(await status('/.well-known/acme-challenge/none')).toBe(404)
  for (const path of ['/', '/key.pem', '/.well-known/acme-challenge/../../key.pem']) {
    expect(await status(path), path).toBe(308)
  }
  expect(await status('/.well-known/acme-challenge/..%2f..%2f..%2fkey.pem')).not.toBe(200)
})

test('new containers use the same certificate', async () => {
  const { serialNumber } = await visit()
  await stack.compose('up', '--detach', '--wait', '--force-recreate', '--no-deps', 'nginx', 'certbot')
  expect((await eventually(visit)).serialNumber).toBe(serialNumber)
})

test('a renewal under load fails no request, and the new certificate is used', async () => {
  const { serialNumber: old } = await visit()
  const seen = new Map<string, number>()
  let running = true
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (running) {
      const { status, serialNumber } = await visit()
      expect(status).toBe(201)
      seen.set(serialNumber, (seen.get(serialNumber) ?? 0) + 1)
    }
  })
  const load = Promise.all(clients)
  try {
    await renew()
    await eventually(async () => expect([...seen.keys()]).toHaveLength(2), SEEN_WITHIN_MS)
    await eventually(async () => expect((await visit()).serialNumber).not.toBe(old))
  } finally {
    running = false
  }
  await load
})

test('while the issuer is down, the certificate stays in use, and one warning says so', async () => {
  const { serialNumber } = await visit()
  await stack.compose('stop', 'pebble')
  await renew()
  await eventually(async () => {
    const warnings = (await stack.compose('logs', 'certbot')).match(/An unexpected error occurred/g)
    expect(warnings).toHaveLength(1)
  }, SEEN_WITHIN_MS)
  expect(await visit()).toMatchObject({ status: 201, serialNumber })
})

test('without DOMAIN nothing starts, and the message says what it is', async () => {
  await expect(stack.composeWith({ DOMAIN: '' }, 'config')).rejects.toThrow(
    /DOMAIN.*set it to the name of this server/,
  )
})
