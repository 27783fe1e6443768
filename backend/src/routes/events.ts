import { setTimeout as delay } from 'node:timers/promises'
import { type Response, Router } from 'express'
import { allowOnly } from '../problem.ts'
import type { Services } from '../services.ts'
import { readStatus } from '../status.ts'

const EVERY_MS = 500
const RECONNECT_AFTER_MS = 1_000

/**
 * `GET /events`: the status twice a second, as server-sent events, until this backend shuts down.
 *
 * Each event is the whole state, read from the stores and the replicas, and no message between replicas: a
 * missed one does not matter, and neither does it which replica a visitor talks to or whether Redis is up.
 */
export function eventRoutes(services: Services, isDraining: () => boolean): Router {
  const streams = new Set<Response>()
  let sending = false

  /** Runs while there is a stream; all of them share one look at the status. */
  async function sendUntilNobodyListens(): Promise<void> {
    sending = true
    while (streams.size > 0) {
      const event = `event: status\ndata: ${JSON.stringify(await readStatus(services))}\n\n`
      for (const stream of streams) {
        if (isDraining()) stream.end()
        // Nothing piles up for a client that reads slowly: it skips this one.
        else if (!stream.writableNeedDrain) stream.write(event)
      }
      await delay(EVERY_MS)
    }
    sending = false
  }

  return Router()
    .get('/events', (_request, response) => {
      response.set({ 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' })
      response.write(`retry: ${RECONNECT_AFTER_MS}\n\n`)
      streams.add(response)
      response.on('close', () => streams.delete(response))
      if (!sending) void sendUntilNobodyListens()
    })
    .all('/events', allowOnly('GET'))
}
