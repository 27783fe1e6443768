import { fetchStatus, type Status } from './api.ts'
import type { ApiError } from './request.ts'

const POLL_EVERY_MS = 1000
const ASK_AGAIN_AFTER_MS = 300

/** Nothing answers, the proxy answers but no backend does, or no answer has come for a second. */
export type Outage = 'unreachable' | 'no-backend' | 'silent'

interface StatusListener {
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
    const answer = await fetchFirstStatus().catch((error: ApiError) => error)
    isAsking = false
    if (!(answer instanceof Error)) onStatus(answer)
    else if (answer.failure === 'timeout') onOutage('silent')
    else onOutage(answer.failure === 'unreachable' ? 'unreachable' : 'no-backend')
  }

  setInterval(poll, POLL_EVERY_MS)
  document.addEventListener('visibilitychange', poll)
  poll()
}

/** Asks a second time when an answer is late: the proxy may be waiting for a backend that has just vanished. */
async function fetchFirstStatus(): Promise<Status> {
  const first = fetchStatus()
  const late = new Promise<true>((resolve) => setTimeout(resolve, ASK_AGAIN_AFTER_MS, true))
  const isLate = await Promise.race([first.then(() => false), late])
  return isLate ? Promise.any([first, fetchStatus()]).catch(() => first) : first
}
