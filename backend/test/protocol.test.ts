import fc from 'fast-check'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { createRedisClient } from '../src/redis.ts'
import { databaseUrl, describeWithRedis, newCounter, redisUrl } from './helpers/counter.ts'
import { type Mutant, mutants, mutateScripts, mutateStatements } from './protocol/mutants.ts'
import { type Step, steps, take } from './protocol/steps.ts'
import { createWorld } from './protocol/world.ts'

const RUNS = Number(process.env.PROTOCOL_RUNS ?? 300)
// The same runs every time, so that a failure is a bug and not bad luck.
const SEED = Number(process.env.PROTOCOL_SEED ?? 1)

/** A counter with a connection to each store. */
async function openStores(mutant?: Mutant) {
  const { id } = await newCounter()
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 })
  const ours = createRedisClient(redisUrl)
  const client = mutant ? mutateScripts(ours, mutant) : ours
  await client.connect()
  await pool.query('set synchronous_commit = off')
  onTestFinished(async () => {
    client.destroy()
    await pool.end()
  })
  return { id, client, pool }
}

/** Whatever happens to the backends and their stores: when all is calm again, the count is right. */
async function countsEveryVisit(mutant?: Mutant) {
  const { id, client, pool } = await openStores(mutant)
  return fc.asyncProperty(steps, async (steps) => {
    const world = await createWorld(client, mutant ? mutateStatements(pool, mutant) : pool, id)
    for (const step of steps) await take(step, world)
    await world.calmDown()
    await world.check()
  })
}

describeWithRedis('any interleaving of backends and faults', () => {
  it('counts every visit', { timeout: RUNS * 1_000 }, async () => {
    const examples = mutants.flatMap(({ example }) => (example ? [[example] as [Step[]]] : []))
    await fc.assert(await countsEveryVisit(), { seed: SEED, numRuns: RUNS, examples })
  })

  it.each(mutants)('would show it if $bug', { timeout: RUNS * 1_000 }, async (mutant) => {
    const result = await fc.check(await countsEveryVisit(mutant), {
      seed: SEED,
      numRuns: RUNS,
      examples: mutant.example ? [[mutant.example]] : [],
      endOnFailure: true, // that it fails is enough: no time is spent on the shortest way to it
    })
    expect(result.failed).toBe(true)
    expect(result.errorInstance).toHaveProperty('name', 'AssertionError')
  })
})
