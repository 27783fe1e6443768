import { describe, expect, test } from 'vitest'
import { createPostgresStore } from '../../src/counter/postgres-store.ts'
import { createPool } from '../../src/lib/postgres.ts'
import { EXIT_LIMIT_MS, startServing, typescriptOptions } from '../helpers/process.ts'
import { databaseUrl } from '../helpers/stores.ts'

const CLIENTS = 20

/** The process counts as in production, so no other test may use this counter. */
async function pageVisits(): Promise<number> {
  const pool = createPool(databaseUrl)
  try {
    return await createPostgresStore(pool, 'page_visits').read()
  } finally {
    await pool.end()
  }
}

// Windows has no signals: a process there ends at once.
describe.skipIf(!typescriptOptions || process.platform === 'win32')('SIGTERM', () => {
  test('under load: every request is counted or refused, the process ends in time, every visit is saved', async () => {
    const before = await pageVisits()
    const { main, client } = await startServing()
    const clients = Array.from({ length: CLIENTS }, client)
    let answered = 0
    /** Visits until the backend refuses, and tells that it closes the connection. */
    async function visitUntilRefused({ send }: (typeof clients)[number]): Promise<void> {
      for (;;) {
        const { status, headers } = await send('POST', '/visits')
        if (status === 503) return expect(headers).toMatchObject({ connection: 'close', 'retry-after': '1' })
        expect(status).toBe(201)
        answered++
      }
    }
    const visiting = Promise.all(clients.map(visitUntilRefused))
    await expect.poll(() => answered, { timeout: 10_000 }).toBeGreaterThan(5 * CLIENTS)
    main.terminate()
    const terminatedAt = performance.now()
    await visiting
    expect(await main.exitCode).toBe(0)
    expect(performance.now() - terminatedAt).toBeLessThan(EXIT_LIMIT_MS)
    expect((await pageVisits()) - before).toBe(answered)
  })
})
