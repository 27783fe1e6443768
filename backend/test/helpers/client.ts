import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import supertest, { type Test } from 'supertest'
import { onTestFinished } from 'vitest'
import { type Answer, expectDocumented } from './openapi.ts'

/** A client of the API. A request fails unless its answer is as in openapi.yaml. */
export function apiClient(app: Parameters<typeof supertest>[0]) {
  return supertest.agent(app).use((test: Test) => {
    test.expect(({ status, headers, text }) => {
      expectDocumented({ method: test.method, url: test.url, status, headers, text })
    })
  })
}

/** A client with one connection, which it keeps open as a proxy does. */
export function keepAliveClient(port: number, check: (answer: Answer) => void = () => {}) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  return {
    /** Rejects when the connection ends without an answer. */
    send(method: string, path: string): Promise<Answer> {
      return new Promise((resolve, reject) => {
        async function answer(response: IncomingMessage): Promise<void> {
          const { statusCode: status = 0, headers } = response
          const answer = { method, url: path, status, headers, text: await text(response) }
          check(answer)
          resolve(answer)
        }
        request({ host: '127.0.0.1', port, agent, method, path }, (response) => {
          answer(response).catch(reject)
        })
          .on('error', reject)
          .end()
      })
    },
  }
}
