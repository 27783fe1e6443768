import { setTimeout as delay } from 'node:timers/promises'
import { eventually, psql, visit } from '../client.ts'
import type { Stack } from '../compose.ts'
import { show } from './format.ts'
import { openFiles, readContainers } from './usage.ts'
import { addressOf, type Load, load } from './wrk.ts'

/** One after the other, for the first steps. */
export const CLIENTS = [1, 10, 50, 100, 250, 500, 1_000, 2_000]
const SECONDS = 2
// What .env.example says of production.
const LIMITED = { WRITE_RATE: '50r/s', WRITE_BURST: '200' }

/** What one load did to the stack, and what the stack held under it. */
export interface Step extends Load {
  name: string
  clients: number
  megabytes: number
  openFiles: number
  postgresConnections: number
  unsaved: number
  /** From the end of the load to the next visit that is counted. */
  recoveryMs: number
}

/** The same stack under more and more load, with many visits before, and with production's limit for each client. */
export async function grow(stack: Stack): Promise<Step[]> {
  const steps: Step[] = []
  for (const clients of CLIENTS) {
    steps.push(await measure(stack, `${show(clients)} client${clients > 1 ? 's' : ''}`, clients))
  }
  steps.push(await measure(stack, '50 clients again', 50))
  const history = `insert into visit_counts (id, source, count)
    select 'page_visits', 'restart ' || n, 5000 from generate_series(1, 1000) n`
  await psql(stack, history)
  steps.push(await measure(stack, '50 clients, after 5,000,000 visits and 1,000 restarts of Redis', 50))
  await stack.composeWith(LIMITED, 'up', '--detach', '--wait', '--no-deps', 'nginx')
  steps.push(await measure(stack, '50 clients at one address, limited as in production', 50))
  return steps
}

async function measure(stack: Stack, name: string, clients: number): Promise<Step> {
  const running = load(`${await addressOf(stack)}/api/visits`, { clients, seconds: SECONDS })
  await delay((SECONDS * 1_000) / 2)
  const [files, connections, { megabytes }, unsaved] = await Promise.all([
    Promise.all([openFiles(stack, 'nginx'), openFiles(stack, 'backend')]),
    psql(stack, "select count(*) from pg_stat_activity where usename = 'visits' and pid <> pg_backend_pid()"),
    readContainers(stack),
    readUnsaved(stack),
  ])
  const result = await running
  const endedAt = performance.now()
  await eventually(() => visit(stack), 10_000, 10)
  return {
    ...result,
    name,
    clients,
    megabytes: megabytes.nginx + megabytes.backend,
    openFiles: files[0] + files[1],
    postgresConnections: Number(connections),
    unsaved,
    recoveryMs: performance.now() - endedAt,
  }
}

/** How many visits Postgres does not have yet; NaN when the app does not say. */
async function readUnsaved({ url }: Stack): Promise<number> {
  const response = await fetch(`${url}/api/status`)
  const { visits } = (await response.json()) as { visits?: { unsaved: number | null } }
  return visits?.unsaved ?? NaN
}
