import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, realpath, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Makes `folder` and keeps it for this process; rejects if another process has it.
 *
 * The lock is a local socket and not a file with a process id: the socket of a killed process does not answer,
 * but its id may belong to another process by now.
 */
export async function lockFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const hash = createHash('sha256').update(await realpath(folder))
  const name = `npm-start-${hash.digest('hex').slice(0, 16)}`
  const address = process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`)
  const taken = await once(connect(address), 'connect').catch(() => undefined) // refused, or no such socket
  if (taken) throw new Error(`Another "npm start" is using ${folder}. Stop it first.`)
  await rm(address, { force: true })
  await once(createServer((socket) => socket.destroy()).listen(address), 'listening')
}
