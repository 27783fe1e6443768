import { expect, onTestFinished } from 'vitest'
import type { Config } from '../../src/config.ts'
import { connectStores, startBreakers } from '../../src/connections.ts'
import { healthRoutes } from '../../src/routes/health.ts'
import { newApi } from './api.ts'
import { apiClient } from './client.ts'
import { newLog } from './log.ts'
import { databaseUrl, redisUrl } from './stores.ts'

/** Where a test reaches the stores, if not where they are. */
export type StoreUrls = Partial<Pick<Config, 'databaseUrl' | 'redisUrl'>>
type Connections = Pick<ReturnType<typeof connectStores>, 'ping' | 'states'>
type States = Partial<ReturnType<Connections['states']>>

export const testConfig = (stores: StoreUrls): Config => ({
  port: 0,
  logLevel: 'info',
  databaseUrl,
  redisUrl,
  replicasHost: undefined,
  ...stores,
})

/** No migration of these tests is wrong. */
export function failTest(error: Error): never {
  throw error
}

/** Waits until both stores are up, or as `states` says. */
export async function seeStores({ ping, states }: Connections, expected: States = {}): Promise<void> {
  async function seen() {
    await ping()
    return states()
  }
  await expect.poll(seen, { timeout: 8_000 }).toEqual({ redis: 'up', postgres: 'up', ...expected })
}

/** Connections to both stores, and the health checks over them; closed when the test ends. */
export async function startConnections(stores: StoreUrls = {}) {
  const { log, logged, outages } = newLog()
  const connections = connectStores(testConfig(stores), {}, log, failTest)
  onTestFinished(connections.stop)
  await startBreakers(connections.breakers)
  return {
    connections,
    logged,
    outages,
    api: apiClient(newApi(healthRoutes(connections, () => false)).app),
    seesStores: (expected?: States) => seeStores(connections, expected),
  }
}
