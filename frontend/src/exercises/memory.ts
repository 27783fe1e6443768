import type { Status } from '../api.ts'
import { isWaiting, type Observation } from './rules.ts'

/** What the page has seen so far, as far as the rules need it. It is kept as JSON. */
export type Memory = {
  postgresCounted: boolean
  visitsWaited: boolean
  backendLost: boolean
  highestNumber: number
  lastCount: number
  /** The backends that answered this page. */
  answered: string[]
  /** How many visits each backend had counted, in the newest status. */
  replicas: Record<string, number>
  /** What ran before the server could not be reached. */
  beforeOutage: { hosts: string[]; count: number } | null
  firstMessage: string | null
}

export const noMemory: Memory = {
  postgresCounted: false,
  visitsWaited: false,
  backendLost: false,
  highestNumber: 0,
  lastCount: 0,
  answered: [],
  replicas: {},
  beforeOutage: null,
  firstMessage: null,
}

/** The memory with one more observation in it. */
export function remember(memory: Memory, { visit, status, data, unreachable }: Observation): Memory {
  if (visit) {
    return {
      ...memory,
      postgresCounted: memory.postgresCounted || visit.source === 'postgres',
      highestNumber: Math.max(memory.highestNumber, visit.count),
      lastCount: Math.max(memory.lastCount, visit.count),
      answered: [...new Set([...memory.answered, visit.servedByHost])],
    }
  }
  if (status) return rememberStatus(memory, status)
  if (data) return { ...memory, firstMessage: memory.firstMessage ?? data.message }
  const hosts = Object.keys(memory.replicas)
  if (!unreachable || memory.beforeOutage || hosts.length === 0) return memory
  return { ...memory, beforeOutage: { hosts, count: memory.lastCount } }
}

function rememberStatus(memory: Memory, status: Status): Memory {
  const count = status.visits.count
  const replicas = Object.fromEntries(
    status.replicas.map(({ host, counted }) => [host, counted.redis + counted.postgres]),
  )
  const known = Object.keys(memory.replicas)
  return {
    ...memory,
    visitsWaited: memory.visitsWaited || isWaiting(status),
    backendLost: memory.backendLost || lostOne(memory.replicas, replicas),
    lastCount: count ?? memory.lastCount,
    // Those that are gone can't come back: a new container has a new name.
    answered: memory.answered.filter((host) => host in replicas || !known.includes(host)),
    replicas,
    // Stores that have just started may not know the count yet: the outage is over when they do.
    beforeOutage: count === null || status.replicas.length === 0 ? memory.beforeOutage : null,
  }
}

/** Whether a backend is gone or was started anew while another went on. */
function lostOne(before: Record<string, number>, now: Record<string, number>): boolean {
  const wentOn = Object.entries(before).map(([host, counted]) => (now[host] ?? -1) >= counted)
  return wentOn.includes(true) && wentOn.includes(false)
}
