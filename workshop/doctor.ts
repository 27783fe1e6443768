import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { freemem, totalmem } from 'node:os'
import { promisify } from 'node:util'

const run = promisify(execFile)
const GB = 1e9
const DISK_GB = 10
const MEMORY_GB = 4

/** Says in one line each what the workshop needs and finds; the exit code is 1 if something is missing. */
export async function doctor(say: (line: string) => void): Promise<number> {
  let code = 0
  async function examine(name: string, look: () => Promise<string>): Promise<void> {
    const line = await look().then(
      (found) => `✓ ${name}: ${found}`,
      (error: Error) => {
        code = 1
        return `✗ ${name}: ${error.message}`
      },
    )
    say(line)
  }
  const version = async (help: string, ...[command = '', ...args]: string[]) => {
    const { stdout } = await run(command, args).catch(() => ({ stdout: '' }))
    const found = stdout.match(/\d+\.\d+(\.\d+)?/)?.[0]
    if (!found) throw new Error(help)
    return found
  }
  const atLeast = (found: string, major: number, minor: number) => {
    const [a = 0, b = 0] = found.split('.').map(Number)
    if (a < major || (a === major && b < minor))
      throw new Error(`${found}: version ${major}.${minor} or later is needed`)
    return found
  }
  const enough = (bytes: number, needed: number, what: string) => {
    const found = `${(bytes / GB).toFixed(1)} GB ${what}`
    if (bytes < needed * GB) throw new Error(`${found}: ${needed} GB are needed`)
    return found
  }

  await examine('Node', async () => atLeast(process.versions.node, 20, 19))
  await examine('git', () => version('install it', 'git', '--version'))
  await examine('Docker engine', async () =>
    atLeast(
      await version('install Docker and start it', 'docker', 'version', '--format', '{{.Server.Version}}'),
      25,
      0,
    ),
  )
  await examine('Docker Compose', async () =>
    atLeast(await version('install the plugin', 'docker', 'compose', 'version', '--short'), 2, 25),
  )
  const ports = [
    ['HTTP_PORT', process.env.HTTP_PORT || '8080'],
    ['POSTGRES_PORT', process.env.POSTGRES_PORT || '5433'],
    ['DEBUG_PORT', process.env.DEBUG_PORT || '9229'],
  ]
  for (const [name = '', port = ''] of ports) {
    await examine(`port ${port}`, async () => {
      const server = createServer().listen(Number(port))
      await once(server, 'listening').catch(() => {
        throw new Error(`something has it: stop it, or write another ${name} into .env`)
      })
      server.close()
      return 'free'
    })
  }
  await examine('disk', async () => {
    const { bavail, bsize } = await statfs('.')
    return enough(bavail * bsize, DISK_GB, 'free')
  })
  await examine(
    'memory',
    async () => `${enough(totalmem(), MEMORY_GB, 'in all')}, ${(freemem() / GB).toFixed(1)} GB free`,
  )
  return code
}
