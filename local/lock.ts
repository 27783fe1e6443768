import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, realpath, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Makes `folder` and keeps it for this process; returns what gives it back. A second process gets an error.
 *
 * The lock is a local socket and not a file with a process id: nobody answers on the socket of a process that
 * was killed, while its id may belong to another process by now.
 */
export async function lockFolder(folder: string): Promise<() => void> {
  await mkdir(folder, { recursive: true })
  const address = socketOf(await realpath(folder))
  let server = await listen(address)
  if (!server && !(await answers(address))) {
    await rm(address, { force: true })
    server = await listen(address)
  }
  if (!server) throw new Error(`Another "npm start" is using ${folder}. Stop it first.`)
  return () => server.close()
}

// In the system's folder for such things, because some shared file systems can't hold a socket.
function socketOf(folder: string): string {
  const name = `visit-counter-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`)
}

async function listen(address: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy()).listen(address)
  const failure = await once(server, 'listening').then(
    () => undefined,
    (error) => error as NodeJS.ErrnoException,
  )
  if (failure && failure.code !== 'EADDRINUSE') throw failure
  return failure ? undefined : server
}

async function answers(address: string): Promise<boolean> {
  const socket = connect(address)
  const failure = await once(socket, 'connect').then(
    () => undefined,
    (error) => error as NodeJS.ErrnoException,
  )
  socket.destroy()
  return failure?.code !== 'ECONNREFUSED' && failure?.code !== 'ENOENT'
}
