import { once } from 'node:events'
import { createServer } from 'node:net'

// Below the range from which systems take the ports of outgoing connections: one of those could take a port between
// its choice and its use.
const FIRST_PORT = 10_000
const LAST_PORT = 32_000

/** A port of 127.0.0.1 that nothing uses. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT))
    const server = createServer().listen(port)
    try {
      await once(server, 'listening')
    } catch {
      continue // taken
    }
    server.close()
    await once(server, 'close')
    return port
  }
}

/** Reads HTTP_PORT, the public port; a mistake is an error that names the variable. */
export function readHttpPort(value = ''): number {
  const port = Number(value || 8080)
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw new Error(`HTTP_PORT must be a number from 1 to 65535, not "${value}"`)
}

/** Fails, with a line that says what to do, if this process can't listen on `port`. */
export async function checkPort(port: number): Promise<void> {
  const server = createServer().listen(port)
  try {
    await once(server, 'listening')
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
    const other = taken && port < 65_535 ? port + 1 : 8080
    throw new Error(
      `Port ${port} is ${taken ? 'taken' : 'not allowed'}. Choose another one: HTTP_PORT=${other} npm start`,
    )
  }
  server.close()
  await once(server, 'close')
}
