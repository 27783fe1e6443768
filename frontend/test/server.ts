import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { DetachedWindowAPI } from 'happy-dom'
import { onTestFinished } from 'vitest'

declare global {
  interface Window {
    happyDOM: DetachedWindowAPI
  }
}

/** Starts a server for one test, and opens the page from it: relative addresses lead there. */
export async function serve(listener: RequestListener) {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  window.happyDOM.setURL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
}

/** Answers every request in the same way. */
export function answer(status: number, body: unknown, type = 'application/json'): RequestListener {
  return (_request, response) => {
    // At once, so that no test waits to send a request again.
    response.writeHead(status, { 'Content-Type': type, 'Retry-After': '0' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
}

/** Answers with an error as RFC 9457 describes it. */
export function problem(status: number, body: unknown) {
  return answer(status, body, 'application/problem+json')
}
