import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { expect, onTestFinished } from 'vitest'
import { createApp } from '../../src/app.ts'
import { listen } from '../../src/lib/http-server.ts'
import { startServices } from '../../src/services.ts'
import { apiClient } from './client.ts'
import { databaseUrl, redisUrl, type TestCounter } from './counter.ts'

interface LogLine {
  level: number
  msg: string
}

/** No migration of these tests is wrong. */
function failTest(error: Error): never {
  throw error
}

export type Backend = Awaited<ReturnType<typeof startBackend>>

/** A backend in this process, with its own connections to the stores; stops when the test ends. */
export async function startBackend(
  { id }: TestCounter,
  stores: { databaseUrl?: string; redisUrl?: string } = {},
) {
  const config = { port: 0, logLevel: 'info', databaseUrl, redisUrl, replicasHost: undefined, ...stores }
  const logged: LogLine[] = []
  const log = pino({}, { write: (line) => void logged.push(JSON.parse(line)) })
  const services = await startServices(config, log, failTest, id)
  let stopping: Promise<void> | undefined
  const stop = () => (stopping ??= services.stop())
  onTestFinished(stop)
  let draining = false
  const app = createApp(services, () => draining)
  const server = await listen(app, 0)
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const api = apiClient(server)
  const visit = () => api.post('/visits')
  return {
    app,
    services,
    /** What it wrote to its log so far, without the lines of requests. */
    get outages() {
      return logged.filter(({ msg }) => /is (down|up)/.test(msg))
    },
    logged,
    port,
    api,
    visit,
    /** This many visits at the same time. */
    visits: (n: number) => Promise.all(Array.from({ length: n }, visit)),
    stop,
    startDraining() {
      draining = true
    },
    /** Waits until the backend finds both stores up, or what `states` says. */
    async seesStores(states: { redis?: 'up' | 'down'; postgres?: 'up' | 'down' } = {}) {
      async function seen() {
        await services.connections.ping()
        return services.connections.states()
      }
      await expect.poll(seen, { timeout: 8_000 }).toEqual({ redis: 'up', postgres: 'up', ...states })
    },
    /** Visits that may have been counted twice. */
    async inDoubt(): Promise<number> {
      const { values } = await services.visitMetrics.inDoubt.get()
      return values.reduce((sum, { value }) => sum + value, 0)
    },
  }
}
