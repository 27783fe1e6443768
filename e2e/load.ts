import { setTimeout as delay } from 'node:timers/promises'

export interface Answer {
  /** Which client asked. */
  client: number
  /** HTTP status; 0 when the connection failed. */
  status: number
  milliseconds: number
  /** The number that the visitor saw. */
  count?: number
  source?: string
}

// A request that takes longer than this counts as one that hangs.
const HANGS_AFTER_MS = 10_000

// A steady load, not the greatest: what is measured is the app under a fault, not a machine without a free core.
const PAUSE_MS = 100

/** Runs clients that post one visit after the other, with a pause between them, until `stop`; that resolves with every answer they got. */
export function startLoad(url: string, clients: number, pauseMs = PAUSE_MS) {
  const answers: Answer[] = []
  let stopped = false

  async function run(client: number): Promise<void> {
    while (!stopped) {
      answers.push({ client, ...(await post(`${url}/api/visits`)) })
      await delay(pauseMs)
    }
  }

  const running = Promise.all(Array.from({ length: clients }, (_, client) => run(client)))
  return {
    /** What came back so far. */
    answers,
    async stop(): Promise<Answer[]> {
      stopped = true
      await running
      return answers
    },
  }
}

async function post(url: string): Promise<Omit<Answer, 'client'>> {
  const startedAt = performance.now()
  const answer = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(HANGS_AFTER_MS) })
    .then(async (response) => ({ status: response.status, ...((await response.json()) as object) }))
    .catch(() => ({ status: 0 }))
  return { ...answer, milliseconds: performance.now() - startedAt }
}
