import { type ApiError, fetchStatus, type Status } from './api.ts'

const pollEveryMs = 1000
const staleAfterMs = 2000
const retryStreamAfterMs = 10_000

/** Nobody is there, the proxy is but no backend, or nothing was heard for too long. */
export type Outage = 'unreachable' | 'no-backend' | 'silent'

/** How the news arrive: a stream of events, answers to questions, or not at all while nobody looks. */
export type Mode = 'stream' | 'poll' | 'off'

export type Listener = {
  onStatus(status: Status): void
  onOutage(outage: Outage): void
  onMode(mode: Mode): void
}

/** Tells a listener how the system is, several times a second, for as long as the page is visible. */
export function followStatus({ onStatus, onOutage, onMode }: Listener) {
  let stream: EventSource | undefined
  let pollTimer: ReturnType<typeof setTimeout>
  let staleTimer: ReturnType<typeof setTimeout>
  let retryTimer: ReturnType<typeof setTimeout>
  let newsHeard = 0

  /** Puts the next poll off: as long as events arrive in time, there is none. */
  function heardNews() {
    newsHeard++
    clearTimeout(pollTimer)
    clearTimeout(staleTimer)
    pollTimer = setTimeout(poll, pollEveryMs)
    staleTimer = setTimeout(() => onOutage('silent'), staleAfterMs)
  }

  async function poll() {
    clearTimeout(pollTimer)
    const heardBefore = newsHeard
    const answer = await fetchStatus().catch((error: ApiError) => error)
    // Something newer arrived meanwhile, or the page was hidden.
    if (newsHeard !== heardBefore) return
    onMode('poll')
    if (answer instanceof Error && answer.failure === 'timeout') {
      clearTimeout(pollTimer)
      pollTimer = setTimeout(poll, pollEveryMs)
      return
    }
    heardNews()
    if (!(answer instanceof Error)) onStatus(answer)
    else onOutage(answer.failure === 'unreachable' ? 'unreachable' : 'no-backend')
  }

  function openStream() {
    const opened = new EventSource('/api/events')
    stream = opened
    opened.addEventListener('status', (event) => {
      heardNews()
      onMode('stream')
      onStatus(JSON.parse(event.data))
    })
    opened.addEventListener('error', () => {
      // Find out at once why the stream ended. The browser opens it again, unless it was refused.
      poll()
      if (opened.readyState === EventSource.CLOSED) retryTimer = setTimeout(openStream, retryStreamAfterMs)
    })
  }

  function start() {
    heardNews()
    openStream()
  }

  // A browser has six connections to a host, for all its tabs: a hidden one must not keep one of them.
  function stop() {
    newsHeard++
    stream?.close()
    for (const timer of [pollTimer, staleTimer, retryTimer]) clearTimeout(timer)
    onMode('off')
  }

  document.addEventListener('visibilitychange', () => (document.hidden ? stop() : start()))
  if (!document.hidden) start()
}
