import { onTestFinished } from 'vitest'
import { createApp } from '../../src/app.ts'
import { listen } from '../../src/lib/http-server.ts'
import { startServices } from '../../src/services.ts'
import { newCounter, type TestCounter } from '../counter/new-counter.ts'
import { apiClient } from './client.ts'
import { failTest, type StoreUrls, seeStores, testConfig } from './connections.ts'
import { newLog } from './log.ts'

export type Backend = Awaited<ReturnType<typeof startBackend>>

/** A backend in this process, with its own connections to the stores and a counter; stops when the test ends. */
export async function startBackend({ counter, ...stores }: StoreUrls & { counter?: TestCounter } = {}) {
  const { log, logged, outages } = newLog()
  const { id } = counter ?? (await newCounter())
  const services = await startServices(testConfig(stores), log, failTest, id)
  let stopping: Promise<void> | undefined
  const stop = () => (stopping ??= services.stop())
  onTestFinished(stop)
  let draining = false
  const app = createApp(services, () => draining)
  const server = await listen(app, 0)
  onTestFinished(() => void server.close())
  const api = apiClient(server)
  const visit = () => api.post('/visits')
  return {
    app,
    services,
    logged,
    outages,
    api,
    stop,
    startDraining() {
      draining = true
    },
    seesStores: (states?: Parameters<typeof seeStores>[1]) => seeStores(services.connections, states),
    visit,
    /** This many visits at the same time. */
    visits: (n: number) => Promise.all(Array.from({ length: n }, visit)),
    /** Visits that may have been counted twice. */
    async inDoubt(): Promise<number> {
      const { values } = await services.visitMetrics.inDoubt.get()
      return values.reduce((sum, { value }) => sum + value, 0)
    },
  }
}
