import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { Server as TcpServer } from 'node:net'
import { delay } from './delay.ts'

// Longer than the proxy keeps its idle connections, so that it is always the proxy that closes them.
const KEEP_ALIVE_MS = 5_000
// Connections that may wait to be accepted: a burst of visitors beyond Node's 511 would wait a second and more.
const BACKLOG = 4_096
// Far longer than the proxy takes from choosing a replica to the end of its request.
const QUIET_MS = 250

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
 * The listener stays until no request has come for a moment: connections that were not accepted yet are reset when it
 * closes, and the proxy must not repeat a POST. Only TCP's `close` is called: that of HTTP would also close idle
 * connections, with a request that the proxy is just sending on one of them.
 */
export async function drain(server: Server, limitMs: number): Promise<void> {
  let requestAt = performance.now()
  server.prependListener('request', (_request, response) => {
    requestAt = performance.now()
    response.setHeader('Connection', 'close')
  })
  const closed = once(server, 'close')
  const end = performance.now() + limitMs / 2 // with a single replica, the proxy has nowhere else to go
  while (performance.now() < Math.min(requestAt + QUIET_MS, end)) await delay(10)
  TcpServer.prototype.close.call(server)
  await Promise.race([closed, delay(limitMs / 2)])
  server.closeAllConnections()
}
