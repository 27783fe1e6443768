import { fetchStatus, type Status } from './api.ts'
import type { ApiError } from './request.ts'

const POLL_EVERY_MS = 1000

/** Nothing answers, the proxy answers but no backend does, or no answer has come for a second. */
export type Outage = 'unreachable' | 'no-backend' | 'silent'

export interface StatusListener {
  onStatus(status: Status): void
  onOutage(outage: Outage): void
}

/** Asks for the status once a second while the page is visible, and at once when it becomes visible again. */
export function pollStatus({ onStatus, onOutage }: StatusListener) {
  let isAsking = false

  async function poll() {
    if (document.hidden) return
    // With the second since the answer before, an outage shows within two.
    if (isAsking) return onOutage('silent')
    isAsking = true
    const answer = await fetchStatus().catch((error: ApiError) => error)
    isAsking = false
    if (!(answer instanceof Error)) onStatus(answer)
    else if (answer.failure === 'timeout') onOutage('silent')
    else onOutage(answer.failure === 'unreachable' ? 'unreachable' : 'no-backend')
  }

  setInterval(poll, POLL_EVERY_MS)
  document.addEventListener('visibilitychange', poll)
  poll()
}
