import type { Data, Status, Visit } from '../api.ts'

/** What the page sees happen: one of these at a time. */
export interface Observation {
  visit?: Visit
  status?: Status
  data?: Data
  unreachable?: true
}

/** What the page has seen so far, as far as the rules need it. It is kept as JSON. */
export interface Memory {
  count: number
  /** What each running backend has counted since its start. */
  counted: Record<string, number>
  backendLost: boolean
  wasUnreachable: boolean
  firstMessage: string | null
}

export const EMPTY_MEMORY: Memory = {
  count: 0,
  counted: {},
  backendLost: false,
  wasUnreachable: false,
  firstMessage: null,
}

/** The memory with one more observation in it. */
export function remember(memory: Memory, { visit, status, data, unreachable }: Observation): Memory {
  if (visit) return { ...memory, count: Math.max(memory.count, visit.count) }
  if (data) return { ...memory, firstMessage: memory.firstMessage ?? data.message }
  if (unreachable) return { ...memory, wasUnreachable: true }
  // Backends and stores that have just started may not know everything yet.
  if (!status || status.visits.count === null || status.replicas.length === 0) return memory
  const counted = countedBy(status)
  return {
    ...memory,
    count: status.visits.count,
    counted,
    backendLost: memory.backendLost || hasLostOne(memory.counted, counted),
    wasUnreachable: false,
  }
}

/** How many visits each backend has counted, by its host. */
export function countedBy({ replicas }: Status): Record<string, number> {
  return Object.fromEntries(replicas.map(({ host, counted }) => [host, counted.redis + counted.postgres]))
}

/** Whether one backend is gone, or counts from zero again, while another one kept running. */
function hasLostOne(before: Record<string, number>, now: Record<string, number>): boolean {
  const keptRunning = Object.entries(before).map(([host, counted]) => (now[host] ?? -1) >= counted)
  return keptRunning.includes(true) && keptRunning.includes(false)
}
