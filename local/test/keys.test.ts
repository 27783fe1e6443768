import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findRedis } from '../redis.ts'
import { copyOfApp, inTerminal, npmStart } from './npm-start.ts'

const bothUp = { status: 'ok', redis: 'up', postgres: 'up' }

test.skipIf(!findRedis()).each([
  ['r', 'Redis'],
  ['p', 'Postgres'],
])('%s stops and starts %s, and the backend goes on', async (key, name) => {
  const app = await npmStart(inTerminal)
  await app.becomes(bothUp)
  app.type(key)
  await app.prints(`${name} stopped.`)
  await app.becomes({ ...bothUp, status: 'degraded', [name.toLowerCase()]: 'down' })
  app.type(key)
  await app.prints(`${name} started.`)
  await app.becomes(bothUp)
})

test('b restarts the backend; until it is back, requests are answered 503', async () => {
  const app = await npmStart(inTerminal)
  app.type('b')
  const refusals: string[] = []
  while (!app.output().includes('Backend restarted.')) {
    const { status, headers } = await app.api('/data')
    if (status !== 200) refusals.push(`${status} ${headers.get('Content-Type')}`)
  }
  expect(refusals).toContain('503 application/problem+json')
  expect((await app.api('/data')).status).toBe(200)
  expect(app.output()).not.toContain('ECONNREFUSED')
})

test.each(['q', '\x03'])('h lists the keys, and %j quits', async (quit) => {
  const app = await npmStart(inTerminal)
  app.type(`h${quit}`)
  expect(await app.exitCode).toBe(0)
  expect(app.output().split('q  quit')).toHaveLength(3)
})

test('a saved file restarts the backend; a syntax error is shown without a stack, and the next save recovers', async () => {
  const root = await copyOfApp()
  const app = await npmStart({ ...inTerminal, root })
  const file = join(root, 'backend/src/app.ts')
  const source = await readFile(file, 'utf8')
  await writeFile(file, `const = 1\n${source}`)
  await app.prints('The backend has ended.')
  expect(app.output()).toContain('app.ts:1:6: ERROR: ')
  expect(app.output()).not.toContain('    at ') // a stack
  await writeFile(file, source)
  await app.prints('Backend restarted.')
  expect((await app.api('/data')).status).toBe(200)
})
