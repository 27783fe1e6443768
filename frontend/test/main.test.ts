import type { RequestListener } from 'node:http'
import { expect, test, vi } from 'vitest'
import { find } from '../src/dom.ts'
import { openPage, text } from './page.ts'
import { answer, problem, serve } from './server.ts'

const counted = answer(201, { count: 7, source: 'redis', servedByHost: '3f2a' })
const data = answer(200, { message: 'Hello', timestamp: '2026-03-01T12:30:00.000Z', servedByHost: '3f2a' })

/** Opens the page with an API behind it, as a visitor does. */
async function visit(api: RequestListener) {
  await serve(api)
  openPage()
  vi.resetModules()
  await import('../src/main.ts')
}

test('counts a visit when it opens, and once more when asked to after an error', async () => {
  const api = vi.fn(counted).mockImplementationOnce(problem(503, { detail: 'Not now.' }))
  await visit(api)
  await vi.waitFor(() => expect(text('#visit-error')).toBe('Not now.'))

  find(document, '#try-again').click()
  await vi.waitFor(() => expect(text('#count')).toBe('7'))
  expect(api).toHaveBeenCalledTimes(2)
  expect(document.activeElement).toBe(find(document, '#visit'))
})

test('loads the data once, however often the button is pressed meanwhile', async () => {
  const api = vi.fn(data)
  await visit((request, response) => (request.url === '/api/data' ? api : counted)(request, response))
  expect(text('#data-message')).toBe('–')

  find(document, '#load-data').click()
  find(document, '#load-data').click()
  await vi.waitFor(() => expect(text('#data-message')).toBe('Hello'))
  expect(api).toHaveBeenCalledTimes(1)
})
