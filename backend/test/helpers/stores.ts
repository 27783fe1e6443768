import { describe } from 'vitest'

export const databaseUrl = process.env.DATABASE_URL ?? ''
export const redisUrl = process.env.REDIS_URL ?? 'redis://127.0.0.1:1'

// In place of the store that a test wants to be away.
export const noRedis = { redisUrl: 'redis://127.0.0.1:1' }
export const noPostgres = { databaseUrl: 'postgres://postgres@127.0.0.1:1/postgres' }

export const describeWithRedis = describe.skipIf(!process.env.REDIS_URL)
