import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { Server as TcpServer } from 'node:net'
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises'

// Longer than the proxy keeps its idle connections, so that it is always the proxy that closes them.
const KEEP_ALIVE_MS = 5_000
// Connections that may wait to be accepted: a burst of visitors beyond Node's 511 would wait a second and more.
const BACKLOG = 4_096

/** Serves on a port (0: any free one). Rejects with the reason when that cannot be done. */
export async function listen(listener: RequestListener, port: number): Promise<Server> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, listener)
  server.listen({ port, backlog: BACKLOG })
  await once(server, 'listening')
  return server
}

/**
 * Stops listening and resolves when every connection is closed, after `limitMs` at the latest.
 *
 * `server.close()` of HTTP would close idle connections at once, and a request that the proxy is just sending
 * on one of them would be lost. So they stay open until the proxy closes them or has had `Connection: close`
 * in an answer.
 */
export async function drain(server: Server, limitMs: number): Promise<void> {
  server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'))
  const closed = once(server, 'close')
  await quietTurn()
  TcpServer.prototype.close.call(server)
  await Promise.race([closed, delay(limitMs)])
  server.closeAllConnections()
}

/**
 * Waits for a turn of the event loop with next to nothing to do. Connections that were made but not accepted yet
 * are reset when the listener closes, and after such a turn there is hardly one.
 */
async function quietTurn(): Promise<void> {
  for (let turns = 0, startedAt = 0; turns < 1_000; turns++) {
    startedAt = performance.now()
    await turn()
    if (performance.now() - startedAt < 0.1) return
  }
}
