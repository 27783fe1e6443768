import type { Pool } from 'pg'
import { createClient, defineScript } from 'redis'
import { expect } from 'vitest'
import type { RedisClient } from '../../src/redis.ts'
import { ALL, type Step } from './steps.ts'

export interface Mutant {
  bug: string
  /** The script, or the statements of Postgres, in which a text is replaced. */
  where: 'cut' | 'settle' | 'sql'
  text: string
  becomes: string
  /** Steps that show it, where random ones would take too long to. */
  example?: Step[]
}

const all = { calls: ALL }
const rejoin = [0, 1, 2].map((backend) => ({ do: 'rejoin', backend, ...all }) as const)

/** A loader that took its look at Postgres sleeps until Redis has lost what others loaded and counted. */
const SLOW_LOADER: Step[] = [
  { do: 'visit', backend: 0, visits: 1, calls: 3 },
  { do: 'visit', backend: 1, visits: 10, ...all },
  { do: 'save', backend: 1, ...all },
  { do: 'wipe' },
  { do: 'go on', backend: 0, pick: 0, ...all },
  { do: 'visit', backend: 1, visits: 10, ...all },
  { do: 'save', backend: 1, ...all },
]

/** A batch arrives in Postgres after Redis has come back without a memory of it. */
const SLOW_SAVER: Step[] = [
  { do: 'visit', backend: 0, visits: 3, ...all },
  { do: 'snapshot' },
  { do: 'save', backend: 0, ...all },
  { do: 'visit', backend: 0, visits: 5, ...all },
  { do: 'save', backend: 0, calls: 1 },
  { do: 'fail', backend: 0, pick: 0, failure: 'late' },
  { do: 'roll back' },
  ...rejoin,
  { do: 'visit', backend: 1, visits: 20, ...all },
  { do: 'arrive late', pick: 0 },
]

/** Bugs that the protocol had, or could have: each is one text of the source replaced. */
export const mutants: Mutant[] = [
  {
    bug: 'a save that ignores the batch number',
    where: 'sql',
    text: ' and batch < $3',
    becomes: '',
  },
  {
    bug: 'any loader creates the counter',
    where: 'settle',
    text: "redis.call('HGET', key, 'loading') == token",
    becomes: "token ~= ''",
    example: SLOW_LOADER,
  },
  {
    bug: 'a batch is cut while another is not confirmed',
    where: 'cut',
    text: "saving == '0' and unsaved ~= '0'",
    becomes: "unsaved and unsaved ~= '0'",
  },
  {
    bug: 'an older look is accepted',
    where: 'settle',
    text: 'tonumber(batch) < tonumber(saved)',
    becomes: 'false',
  },
  {
    bug: 'batch numbers are used again after Redis came back older',
    where: 'settle',
    text: 'tonumber(fresh) > tonumber(last_cut) then',
    becomes: 'tonumber(batch) > tonumber(last_cut) then fresh = batch',
    example: SLOW_SAVER,
  },
]

/** A client that is not connected yet, like the given one but for the mutant's script. */
export function mutateScripts(client: RedisClient, { where, text, becomes }: Mutant): RedisClient {
  const { scripts, ...options } = client.options
  if (!scripts || where === 'sql') return client
  const script = scripts[where]
  expect(script.SCRIPT).toContain(text)
  const mutated = defineScript({ ...script, SCRIPT: String(script.SCRIPT).replace(text, () => becomes) })
  return createClient({ ...options, scripts: { ...scripts, [where]: mutated } }) as RedisClient
}

/** The pool, but its statements are the mutant's. */
export function mutateStatements(pool: Pool, { where, text, becomes }: Mutant): Pool {
  if (where !== 'sql') return pool
  const query = (sql: string, values: unknown[]) =>
    pool.query(
      sql.replace(text, () => becomes),
      values,
    )
  return { query } as unknown as Pool
}
