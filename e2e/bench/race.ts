import { countInPostgres, eventually } from '../client.ts'
import type { Stack } from '../compose.ts'
import { type PerService, readContainers, readStores, SERVICES } from './usage.ts'
import { freeze, ready, thaw, type Variant } from './variants.ts'
import { addressOf, type Load, load } from './wrk.ts'

const ROUNDS = 5
const ROUND_SECONDS = 2
const WARM_UP_SECONDS = 1
// A slow machine has fewer rounds, so that the whole still ends in ten minutes.
const LIMIT_MS = 330_000
const SAVED_WITHIN_MS = 5_000

/** What one variant did in one round. */
export interface Sample extends Load {
  /** CPU time for each request, in microseconds. */
  cpu: PerService
  megabytes: PerService
  redisCommands: number
  postgresStatements: number
}

export interface Racer {
  variant: Variant
  stack: Stack
  samples: Sample[]
  /** Visits that were answered, also while it warmed up. */
  answered: number
  /** Visits in Postgres at the end for each one that was answered; NaN where none is counted. */
  kept: number
}

/** Measures the variants in turn, so that what else the machine does hits all of them alike. */
export async function race(racers: Racer[]): Promise<void> {
  const end = Date.now() + LIMIT_MS
  for (let round = 0; round < ROUNDS && Date.now() < end; round++) {
    for (const racer of racers) await run(racer)
  }
}

async function run(racer: Racer): Promise<void> {
  const { variant, stack, samples } = racer
  await thaw(stack)
  await ready(stack, variant)
  const url = `${await addressOf(stack)}${variant.get ?? '/api/visits'}`
  const method = variant.get ? 'GET' : 'POST'
  const warmUp = await load(url, { method, seconds: WARM_UP_SECONDS })

  const storesBefore = await readStores(stack)
  const before = await readContainers(stack)
  const result = await load(url, { method, seconds: ROUND_SECONDS })
  const after = await readContainers(stack)
  const storesAfter = await readStores(stack)
  await freeze(stack)

  racer.answered += warmUp.requests - warmUp.refused + result.requests - result.refused
  const microseconds = SERVICES.map((service) => {
    const used = after.cpuSeconds[service] - before.cpuSeconds[service]
    return [service, (used / result.requests) * 1e6]
  })
  samples.push({
    ...result,
    cpu: Object.fromEntries(microseconds) as PerService,
    megabytes: after.megabytes,
    redisCommands: (storesAfter.redisCommands - storesBefore.redisCommands) / result.seconds,
    postgresStatements: (storesAfter.postgresStatements - storesBefore.postgresStatements) / result.seconds,
  })
}

/** Starts again what was stopped, and compares what Postgres has with what was answered. */
export async function countKept(racer: Racer): Promise<void> {
  const { variant, stack, answered } = racer
  await thaw(stack)
  if (variant.stopped) await stack.compose('start', variant.stopped)
  let counted = 0
  await eventually(async () => {
    counted = await countInPostgres(stack)
    if (counted < answered) throw new Error('not saved yet')
  }, SAVED_WITHIN_MS).catch(() => {})
  await freeze(stack)
  // A visit that was under way when a round ended may be counted, and was not answered.
  racer.kept = Math.min(1, counted / answered)
}
