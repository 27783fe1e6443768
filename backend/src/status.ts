import { hostname } from 'node:os'
import packageJson from '../package.json' with { type: 'json' }
import { readReplicas } from './replicas.ts'
import type { Services } from './services.ts'

/** What `GET /status` answers: how this backend sees the stores and the count, and how the replicas are. */
export async function readStatus(services: Services) {
  const { connections, counter } = services
  const [latencyMs, visits, replicas] = await Promise.all([
    connections.ping(),
    counter.status(),
    readReplicas(services),
  ])
  const { redis, postgres } = connections.states()
  return {
    servedByHost: hostname(),
    version: packageJson.version,
    uptimeSeconds: Math.round(process.uptime()),
    redis: { state: redis, latencyMs: latencyMs.redis },
    postgres: { state: postgres, latencyMs: latencyMs.postgres },
    visits,
    replicas,
  }
}
