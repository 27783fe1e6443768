import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { onTestFinished } from 'vitest'

interface Answer {
  status: number | undefined
  headers: IncomingHttpHeaders
}

/** A client with one connection, which it keeps open as a proxy does. */
export function keepAliveClient(port: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  return {
    /** Rejects when the connection ends without an answer. */
    send(method: string, path: string): Promise<Answer> {
      return new Promise((resolve, reject) => {
        function answer(response: IncomingMessage): void {
          response.resume()
          response.on('error', reject)
          response.on('end', () => resolve({ status: response.statusCode, headers: response.headers }))
        }
        request({ host: '127.0.0.1', port, agent, method, path }, answer).on('error', reject).end()
      })
    },
  }
}
