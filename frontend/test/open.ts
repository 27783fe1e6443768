import type { RequestListener } from 'node:http'
import { onTestFinished, vi } from 'vitest'
import type { Status } from '../src/api.ts'
import { find } from '../src/dom.ts'
import { openPage } from './page.ts'
import { answer, problem, serve } from './server.ts'

const noStatus = problem(503, {})

/** Opens the page as a visitor does. It asks for the status once; `nextStatus` lets it ask again. */
export async function open(visits: RequestListener, status = noStatus, data = noStatus) {
  const routes: Record<string, RequestListener> = {
    '/api/visits': visits,
    '/api/status': status,
    '/api/data': data,
  }
  await serve((request, response) => routes[request.url ?? '']?.(request, response))
  openPage()
  vi.useFakeTimers({ toFake: ['setInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  vi.resetModules()
  await import('../src/main.ts')
}

/** A second passes: the page asks for the status. */
export const nextStatus = () => vi.advanceTimersByTimeAsync(1000)

/** Answers to a visit with a number. */
export const visited = (count: number) => answer(201, { count, source: 'redis', servedByHost: '3f2a' })

/** Answers with one status after the other, and keeps to the last. */
export function statuses(...list: Status[]): RequestListener {
  return (request, response) => answer(200, list.length > 1 ? list.shift() : list[0])(request, response)
}

/** The number on the page, as programs read it. */
export const shownCount = () => find(document, '#count').dataset.count
