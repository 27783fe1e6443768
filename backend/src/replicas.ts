import { lookup } from 'node:dns/promises'
import { hostname } from 'node:os'
import type { State } from './connections.ts'
import { delay } from './lib/delay.ts'
import type { Services } from './services.ts'

const ANSWER_LIMIT_MS = 400

/** What a replica says of itself: which stores it uses, and the visits that it has counted since its start. */
export interface Replica {
  host: string
  redis: State
  postgres: State
  counted: { redis: number; postgres: number }
}

/** What this backend says of itself. */
export async function readReplica({ connections, visitMetrics }: Services): Promise<Replica> {
  return { host: hostname(), ...connections.states(), counted: await visitMetrics.countedVisits() }
}

/** Every replica that answers, this one included. */
export async function readReplicas(services: Services): Promise<Replica[]> {
  const { replicasHost, port } = services.config
  return replicasHost ? askReplicas(replicasHost, port) : [await readReplica(services)]
}

/**
 * The replicas that run behind a DNS name and answer in time, sorted by host. They are asked directly, so the answer
 * depends on no store.
 */
export async function askReplicas(name: string, port: number): Promise<Replica[]> {
  const known = lookup(name, { all: true, family: 4 }).catch(() => [])
  const addresses = await Promise.race([known, delay(ANSWER_LIMIT_MS).then(() => [])])
  const answers = await Promise.all(addresses.map(({ address }) => ask(`http://${address}:${port}/replica`)))
  // A replica on two networks has two addresses.
  const byHost = new Map(answers.flatMap((replica) => (replica ? [[replica.host, replica]] : [])))
  return [...byHost.values()].sort((a, b) => a.host.localeCompare(b.host))
}

/** A replica's answer; null when there is none in time, or none that makes sense: something else may have its address. */
async function ask(url: string): Promise<Replica | null> {
  try {
    // An idle connection would keep a replica that stops waiting for its end.
    const headers = { Connection: 'close' }
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_LIMIT_MS) })
    const replica = await response.json()
    return response.ok && isReplica(replica) ? replica : null
  } catch {
    return null
  }
}

function isReplica(value: unknown): value is Replica {
  const { host, redis, postgres, counted } = (value ?? {}) as Partial<Replica>
  const states = [redis, postgres].every((state) => state === 'up' || state === 'down')
  return typeof host === 'string' && states && [counted?.redis, counted?.postgres].every(Number.isInteger)
}
