import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** A port of 127.0.0.1 that nothing uses, chosen by the operating system. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
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
