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
  /** The count of the newest status: a visit may be newer, and is no measure for the status after it. */
  count: number
  /** What each backend had counted since its start when it was last seen. */
  counted: Record<string, number>
  uptimeSeconds: number
  wasUnreachable: boolean
  firstMessage: string | null
}

export const EMPTY_MEMORY: Memory = {
  count: 0,
  counted: {},
  uptimeSeconds: 0,
  wasUnreachable: false,
  firstMessage: null,
}

/** The memory with one more observation in it. */
export function remember(memory: Memory, { status, data, unreachable }: Observation): Memory {
  if (data) return { ...memory, firstMessage: memory.firstMessage ?? data.message }
  // Only what ran before can be replaced.
  if (unreachable) return { ...memory, wasUnreachable: Object.keys(memory.counted).length > 0 }
  // Backends and stores that have just started may not know everything yet.
  if (!status || status.visits.count === null || status.replicas.length === 0) return memory
  return {
    ...memory,
    count: status.visits.count,
    counted: { ...memory.counted, ...countedBy(status) },
    uptimeSeconds: status.uptimeSeconds,
    wasUnreachable: false,
  }
}

/** How many visits each backend has counted, by its host. */
export function countedBy({ replicas }: Status): Record<string, number> {
  return Object.fromEntries(replicas.map(({ host, counted }) => [host, counted.redis + counted.postgres]))
}
