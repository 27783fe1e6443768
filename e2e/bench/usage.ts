import { get } from 'node:http'
import { json } from 'node:stream/consumers'
import { psql, redisCli } from '../client.ts'
import { docker, type Stack } from '../compose.ts'
import { containersOf } from '../inspect.ts'
import { sum } from './numbers.ts'

export const SERVICES = ['nginx', 'backend', 'redis', 'postgres'] as const
export type PerService = Record<(typeof SERVICES)[number], number>

/** What the engine reads from a container's cgroup. */
interface Stats {
  cpu_stats: { cpu_usage: { total_usage: number } }
  memory_stats: { usage?: number; stats?: { inactive_file?: number; total_inactive_file?: number } }
}

/** The CPU time that each service has used so far, and the memory that it has now. */
export async function readContainers(
  stack: Stack,
): Promise<{ cpuSeconds: PerService; megabytes: PerService }> {
  const stats = await Promise.all(SERVICES.map((service) => statsOf(stack, service)))
  const perService = (pick: (stats: Stats) => number) =>
    Object.fromEntries(SERVICES.map((service, i) => [service, sum((stats[i] ?? []).map(pick))])) as PerService
  return {
    cpuSeconds: perService(({ cpu_stats }) => cpu_stats.cpu_usage.total_usage / 1e9),
    megabytes: perService((each) => usedMemory(each) / 1e6),
  }
}

/** What the stores were asked so far; NaN where one is stopped. */
export async function readStores(
  stack: Stack,
): Promise<{ redisCommands: number; postgresStatements: number }> {
  const query = "select xact_commit from pg_stat_database where datname = 'visits'"
  const [info, statements] = await Promise.all([
    redisCli(stack, 'info stats').catch(() => ''),
    psql(stack, query).catch(() => NaN),
  ])
  const commands = info.match(/total_commands_processed:(\d+)/)?.[1] ?? NaN
  return { redisCommands: Number(commands), postgresStatements: Number(statements) }
}

/** How many files and connections the processes of a service have open. */
export async function openFiles(stack: Stack, service: string): Promise<number> {
  const command = 'ls -d /proc/[0-9]*/fd/* 2>/dev/null | wc -l'
  const containers = await containersOf(stack, service)
  return sum(
    await Promise.all(containers.map(async (id) => Number(await docker('exec', id, 'sh', '-c', command)))),
  )
}

/** Of each container of the service. */
async function statsOf(stack: Stack, service: string): Promise<Stats[]> {
  return Promise.all((await containersOf(stack, service)).map(askEngine))
}

function askEngine(container: string): Promise<Stats> {
  // One-shot: without it, the engine takes a second for a second reading, as `docker stats` does.
  const path = `/containers/${container}/stats?stream=false&one-shot=true`
  return new Promise((resolve, reject) => {
    get({ socketPath: '/var/run/docker.sock', path }, (response) => {
      json(response).then((stats) => resolve(stats as Stats), reject)
    }).on('error', reject)
  })
}

/** Without files that are only cached, as `docker stats` shows it. The names are those of cgroups v2 and v1. */
function usedMemory({ memory_stats: { usage = 0, stats } }: Stats): number {
  return usage - (stats?.inactive_file ?? stats?.total_inactive_file ?? 0)
}
