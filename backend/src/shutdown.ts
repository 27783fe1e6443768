import type { Server } from 'node:http'
import { delay } from './lib/delay.ts'
import { drain } from './lib/http-server.ts'

const DRAIN_LIMIT_MS = 4_000
const STOP_LIMIT_MS = 3_000

/** Finishes the requests in flight, then calls `stop`, which saves what they left. Both have a limit, so it ends. */
export async function shutDown(server: Server, stop: () => Promise<void>): Promise<void> {
  await drain(server, DRAIN_LIMIT_MS)
  await Promise.race([stop(), delay(STOP_LIMIT_MS)])
}
