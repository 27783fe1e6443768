import { once } from 'node:events'
import { createServer, STATUS_CODES } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { HttpProxy } from 'vite'

/**
 * Serves the page on `port` with Vite, which passes /api/ on to the backend at `api`; returns Vite.
 * Rejects with one line that says what to do if the port can't be used.
 */
export async function startPage(port: number, api: string) {
  const { createLogger, createServer: createVite } = await import('vite')
  const logger = createLogger('error')
  // The backend being away is ordinary here, and the page says so.
  const { error } = logger
  logger.error = (message, options) => message.includes('proxy error') || error(message, options)
  const server = createServer()
  const vite = await createVite({
    root: fileURLToPath(new URL('../frontend', import.meta.url)),
    customLogger: logger,
    // The page shows the keys of `npm start` in place of commands. (As a mode, Vite refuses this name.)
    define: { 'import.meta.env.MODE': '"local"' },
    server: {
      port,
      // With a server of its own, Vite would end this process at SIGTERM, before the backend has stopped.
      middlewareMode: true,
      ws: { server },
      proxy: { '/api': { target: api, configure: answerInPlaceOfBackend } },
    },
  })
  server.on('request', vite.middlewares).listen(port)
  await once(server, 'listening').catch(({ code }: NodeJS.ErrnoException) => {
    const reason = code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${code})`
    throw new Error(`Port ${port} ${reason}. Write another one into .env: HTTP_PORT=${port + 10}`)
  })
  return vite
}

/** Answers as nginx does. 503: the backend did not get the request; 504: it did, and may have done it. */
function answerInPlaceOfBackend(proxy: HttpProxy.ProxyServer): void {
  proxy.on('error', (error: NodeJS.ErrnoException, _request, response) => {
    if (!('writeHead' in response) || response.headersSent) return
    const status = error.code === 'ECONNREFUSED' ? 503 : 504
    response.writeHead(status, { 'Content-Type': 'application/problem+json', 'Retry-After': '1' })
    response.end(
      JSON.stringify({ title: STATUS_CODES[status], status, detail: 'The backend did not answer.' }),
    )
  })
}
