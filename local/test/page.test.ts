import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startPage } from '../page.ts'
import { freePort } from '../ports.ts'

test('answers 503 when the backend did not get the request, 504 when it did', async () => {
  const [port, apiPort] = [await freePort(), await freePort()]
  const vite = await startPage(port, `http://127.0.0.1:${apiPort}`)
  onTestFinished(() => vite.close())
  const post = async () => (await fetch(`http://localhost:${port}/api/any`, { method: 'POST' })).status
  expect(await post()).toBe(503)

  const backend = createServer((socket) => socket.once('data', () => socket.destroy())).listen(apiPort)
  onTestFinished(() => void backend.close())
  await once(backend, 'listening')
  expect(await post()).toBe(504)
})
