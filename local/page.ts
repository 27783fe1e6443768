import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createServer as createVite } from 'vite'

/**
 * Serves the page on `port` with Vite, which passes /api/ on to the backend at `api`.
 * Rejects with one line that says what to do if the port can't be used.
 */
export async function startPage(port: number, api: string) {
  const server = createServer()
  const vite = await createVite({
    root: fileURLToPath(new URL('../frontend', import.meta.url)),
    logLevel: 'error',
    server: {
      port,
      // With a server of its own, Vite would end this process at SIGTERM, before the backend has saved its visits.
      middlewareMode: true,
      ws: { server },
      proxy: { '/api': { target: api } },
    },
  })
  server.on('request', vite.middlewares).listen(port)
  await once(server, 'listening').catch(({ code }: NodeJS.ErrnoException) => {
    const reason = code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${code})`
    throw new Error(`Port ${port} ${reason}. Choose another one: HTTP_PORT=${port + 1} npm start`)
  })
}
