import { chmod, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { freePort } from '../ports.ts'
import { createRedis, findRedis } from '../redis.ts'
import { temporaryFolder } from './npm-start.ts'

// The very client that the backend uses.
const { createClient } = createRequire(new URL('../../backend/package.json', import.meta.url))('redis')

async function startRedis(dataDir?: string) {
  const redis = createRedis({ port: await freePort(), dataDir, onEnd: expect.unreachable })
  redis.start()
  const client = createClient({ url: redis.url }).on('error', () => {})
  await client.connect()
  const stop = async () => {
    client.destroy()
    await redis.stop()
  }
  return { client, stop }
}

// Windows has no shell scripts to stand in for a Redis.
test.skipIf(process.platform === 'win32')(
  'takes the first Redis or Valkey on the PATH that runs',
  async () => {
    const folder = await temporaryFolder()
    vi.stubEnv('PATH', folder)
    onTestFinished(() => void vi.unstubAllEnvs())
    async function install(name: string, exitCode: number) {
      await writeFile(join(folder, name), `#!/bin/sh\nexit ${exitCode}\n`)
      await chmod(join(folder, name), 0o755)
    }
    await install('valkey-server', 0)
    expect(findRedis()).toBe('valkey-server')
    await install('redis-server', 1) // a broken one is skipped
    expect(findRedis()).toBe('valkey-server')
    await install('redis-server', 0)
    expect(findRedis()).toBe('redis-server')
  },
)

test.skipIf(!findRedis())('keeps its data in its folder, whatever the name of that is', async () => {
  const dataDir = join(await temporaryFolder(), 'spaces and ’quotes’')
  const first = await startRedis(dataDir)
  await first.client.set('key', 'value')
  await first.stop()
  const second = await startRedis(dataDir)
  onTestFinished(second.stop)
  expect(await second.client.get('key')).toBe('value')
})

test.skipIf(!findRedis())('without a folder, writes nothing to disk', async () => {
  const { client, stop } = await startRedis()
  onTestFinished(stop)
  expect(await client.configGet(['appendonly', 'save'])).toEqual({ appendonly: 'no', save: '' })
})
