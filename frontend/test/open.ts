import type { RequestListener } from 'node:http'
import { vi } from 'vitest'
import { find } from '../src/dom.ts'
import { openPage } from './page.ts'
import { answer, serve } from './server.ts'

/** Opens the page with an API behind it, as a visitor does. */
export async function open(api: RequestListener) {
  await serve(api)
  openPage()
  vi.resetModules()
  await import('../src/main.ts')
}

/** Answers to a visit with a number. */
export const visited = (count: number) => answer(201, { count, source: 'redis', servedByHost: '3f2a' })

/** The number on the page, as programs read it. */
export const shownCount = () => find(document, '#count').dataset.count
