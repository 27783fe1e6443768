import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findRedis } from '../redis.ts'
import { copyOfApp, inTerminal, npmStart, until } from './npm-start.ts'

test.skipIf(!findRedis()).each([
  ['r', 'Redis'],
  ['p', 'Postgres'],
])('%s stops and starts %s, and visits go on', async (key, name) => {
  const app = await npmStart(inTerminal)
  const is = (state: string) =>
    until(async () => expect(await app.status()).toMatchObject({ [name.toLowerCase()]: { state } }))
  await app.visit()
  await until(async () => expect(await app.status()).toMatchObject({ visits: { unsaved: 0 } }))
  app.type(key)
  await app.prints(`${name} stopped.`)
  await is('down')
  expect(await app.visit()).toMatchObject({ count: 2 })
  app.type(key)
  await app.prints(`${name} started.`)
  await is('up')
  expect(await app.visit()).toMatchObject({ count: 3, source: 'redis' })
})

test('b restarts the backend; until it is back, requests are answered 503', async () => {
  const app = await npmStart(inTerminal)
  await app.visit()
  app.type('b')
  const refusals: string[] = []
  while (!app.output().includes('Backend restarted.')) {
    const { status, headers } = await app.api('/visits')
    if (status !== 200) refusals.push(`${status} ${headers.get('Content-Type')}`)
  }
  expect(refusals).toContain('503 application/problem+json')
  expect(await app.visit()).toMatchObject({ count: 2 })
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
  expect(await app.visit()).toMatchObject({ count: 1 })
})
