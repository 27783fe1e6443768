import { Refusal } from './refusal.ts'

interface Answer {
  status: number
  count?: number
  source?: string
  servedByHost?: string
  detail?: string
  ms: number
}

/** Counts visits, all at once, and says what was answered. */
export async function visit(times = '1', say: (line: string) => void): Promise<void> {
  const number = Number(times)
  if (!Number.isInteger(number) || number < 1)
    throw new Refusal('How many visits? For example: npm run workshop visit 100')
  const answers = await Promise.all(Array.from({ length: number }, post))
  if (number === 1) return say(describe(answers[0] as Answer))
  const counted = answers.filter(({ status }) => status === 201)
  const numbers = new Set(counted.map(({ count }) => count))
  const hosts = new Set(counted.map(({ servedByHost }) => servedByHost))
  say(
    `${counted.length} visits got ${numbers.size} different numbers. Backends that answered: ${hosts.size}.`,
  )
  for (const line of new Set(answers.filter(({ status }) => status !== 201).map(describe))) say(line)
}

async function post(): Promise<Answer> {
  const startedAt = performance.now()
  const url = `http://localhost:${process.env.HTTP_PORT || 8080}/api/visits`
  const answer = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(30_000) })
    .then(async (response) => ({ status: response.status, ...((await response.json()) as object) }))
    .catch((error: Error) => ({ status: 0, detail: String(error.cause ?? error.message) }))
  return { ...answer, ms: Math.round(performance.now() - startedAt) }
}

function describe({ status, count, source, detail, ms }: Answer): string {
  if (status === 201) return `Visit ${count}, counted in ${source}, after ${ms} ms.`
  return `${status || 'No answer'} after ${ms} ms: ${detail}`
}
