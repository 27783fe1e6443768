import { chmod, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { findRedis, startRedis } from '../redis.ts'
import { temporaryFolder } from './temporary.ts'

const { createClient } = createRequire(new URL('../../backend/package.json', import.meta.url))('redis')

/** Writes a program that answers --version, if it works at all, and nothing else. */
async function fakeRedis(folder: string, name: string, { works = true } = {}): Promise<string> {
  const program = join(folder, name)
  const answer = works ? '[ "$1" = --version ] && exit 0\n' : ''
  await writeFile(program, `#!/bin/sh\n${answer}echo broken\nexit 1\n`)
  await chmod(program, 0o755)
  return program
}

// Windows has no shell scripts to stand in for a Redis.
describe.skipIf(process.platform === 'win32')('the Redis to run', () => {
  test('is redis-server from the PATH, before all others', async () => {
    const folder = await temporaryFolder()
    const fromNpm = await fakeRedis(folder, 'from-npm')
    await fakeRedis(folder, 'redis-server')
    await fakeRedis(folder, 'valkey-server')
    expect(findRedis([folder, '/bin'].join(delimiter), fromNpm)).toBe('redis-server')
  })

  test('is valkey-server, if redis-server does not run', async () => {
    const folder = await temporaryFolder()
    const fromNpm = await fakeRedis(folder, 'from-npm')
    await fakeRedis(folder, 'redis-server', { works: false })
    await fakeRedis(folder, 'valkey-server')
    expect(findRedis(folder, fromNpm)).toBe('valkey-server')
  })

  test('is the one from npm, if there is none on the PATH', async () => {
    const folder = await temporaryFolder()
    const fromNpm = await fakeRedis(folder, 'from-npm')
    expect(findRedis(folder, fromNpm)).toBe(fromNpm)
  })

  test('is none, if that one is missing, too, or does not run', async () => {
    const folder = await temporaryFolder()
    const broken = await fakeRedis(folder, 'from-npm', { works: false })
    expect(findRedis(folder, join(folder, 'missing'))).toBeUndefined()
    expect(findRedis(folder, broken)).toBeUndefined()
  })

  test('says why it does not start', async () => {
    const dataDir = await temporaryFolder()
    const broken = await fakeRedis(dataDir, 'redis-server')
    await expect(startRedis({ command: broken, dataDir })).rejects.toThrow('Redis did not start: broken')
  })
})

const command = findRedis()

// `npm test` says so if there is none, and fails in CI.
describe.skipIf(!command)('a Redis that was started', () => {
  async function start(dataDir?: string) {
    const redis = await startRedis({ command: command ?? '', dataDir })
    const client = createClient({ url: redis.url })
    client.on('error', () => {})
    await client.connect()
    onTestFinished(() => client.destroy())
    return { ...redis, client }
  }

  test('keeps its data over a restart, in any folder', async () => {
    const dataDir = join(await temporaryFolder(), 'with "quotes" and spaces')
    const first = await start(dataDir)
    await first.client.hIncrBy('visits', 'total', 42)
    await first.stop()

    const second = await start(dataDir)
    expect(await second.client.hGet('visits', 'total')).toBe('42')
    await second.stop()
  })

  test('keeps nothing without a folder', async () => {
    const { client, stop } = await start()
    expect(await client.configGet(['appendonly', 'save', 'maxmemory-policy'])).toEqual({
      appendonly: 'no',
      save: '',
      'maxmemory-policy': 'noeviction',
    })
    await stop()
  })
})
