import { once } from 'node:events'
import { createServer } from 'node:net'

// Below the ports of outgoing connections: one of those could take a port between its choice and its use.
const FIRST_PORT = 10_000
const LAST_PORT = 32_000

/** A port that nothing on this machine uses. */
export async function freePort(): Promise<number> {
  const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT))
  const server = createServer().listen(port)
  const free = await once(server, 'listening').catch(() => undefined)
  server.close()
  return free ? port : freePort()
}
