import { hostname } from 'node:os'
import { Router } from 'express'
import packageJson from '../../package.json' with { type: 'json' }
import { checkStores } from '../check.ts'
import type { Stores } from '../counter/counter.ts'
import { allowOnly } from '../problem.ts'
import type { Services } from '../services.ts'

/** `GET /status`: what this backend sees of itself and of the stores. Unknown values are null. */
export function statusRoutes({ stores, saver }: Services): Router {
  return Router()
    .get('/status', async (_request, response) => {
      const [{ redis, postgres }, visits] = await Promise.all([checkStores(stores), readVisits(stores)])
      response.json({
        servedByHost: hostname(),
        version: packageJson.version,
        uptimeSeconds: Math.round(process.uptime()),
        redis,
        postgres,
        visits: { ...visits, savedAt: saver.savedAt },
      })
    })
    .all('/status', allowOnly('GET, HEAD'))
}

/** The count from Redis, else from Postgres, and what Postgres does not have yet: only Redis knows that. */
async function readVisits({ redis, postgres }: Stores) {
  const inRedis = await redis.read().catch(() => 'down' as const)
  if (inRedis && inRedis !== 'down') return { count: inRedis.total, unsaved: inRedis.unsaved }
  const look = await postgres.look().catch(() => null)
  return { count: look && Number(look.count), unsaved: inRedis === 'down' ? null : 0 }
}
