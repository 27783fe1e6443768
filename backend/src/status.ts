import { hostname } from 'node:os'
import packageJson from '../package.json' with { type: 'json' }
import { checkStores } from './check.ts'
import type { Stores } from './counter/counter.ts'
import type { Services } from './services.ts'

/** What `GET /status` answers: how this backend sees the stores and the count, and how the replicas are. */
export async function readStatus({ stores, saver, readReplicas }: Services) {
  const [{ redis, postgres }, visits, replicas] = await Promise.all([
    checkStores(stores),
    readVisits(stores),
    readReplicas(),
  ])
  return {
    servedByHost: hostname(),
    version: packageJson.version,
    uptimeSeconds: Math.round(process.uptime()),
    redis,
    postgres,
    visits: { ...visits, savedAt: saver.savedAt },
    replicas,
  }
}

/** The count from Redis, else from Postgres, and what Postgres does not have yet: only Redis knows that. */
async function readVisits({ redis, postgres }: Stores) {
  const inRedis = await redis.read().catch(() => 'down' as const)
  if (inRedis && inRedis !== 'down') return { count: inRedis.total, unsaved: inRedis.unsaved }
  const look = await postgres.look().catch(() => null)
  return { count: look && Number(look.count), unsaved: inRedis === 'down' ? null : 0 }
}
