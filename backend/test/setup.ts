import { pino } from 'pino'
import { migrate } from '../src/lib/migrate.ts'

/** Runs once, before all files: checks that there are stores to test with, and makes the table. */
export default async function setup(): Promise<void> {
  const { DATABASE_URL, REDIS_URL } = process.env
  if (!DATABASE_URL) {
    console.error('DATABASE_URL is not set: run "npm test" in the root, which starts the stores, or set it.')
    process.exit(1)
  }
  if (!REDIS_URL) console.warn('REDIS_URL is not set: the tests that need Redis are skipped.')
  await migrate(DATABASE_URL, pino({ level: 'silent' }), (error) => console.error(error.message))
}
