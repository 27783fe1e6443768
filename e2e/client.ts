import { setTimeout as delay } from 'node:timers/promises'
import { docker, type Stack } from './compose.ts'

export interface Visits {
  count: number
  source: 'redis' | 'postgres'
  servedByHost: string
}

/** Counts a visit; throws unless the answer is 201. */
export async function visit({ url }: Pick<Stack, 'url'>): Promise<Visits> {
  const response = await fetch(`${url}/api/visits`, { method: 'POST', signal: AbortSignal.timeout(10_000) })
  if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`)
  return response.json() as Promise<Visits>
}

/** The count as the app has it, without counting a visit; throws unless the answer is 200. */
export async function readCount({ url }: Pick<Stack, 'url'>): Promise<Visits> {
  const response = await fetch(`${url}/api/visits`, { signal: AbortSignal.timeout(10_000) })
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
  return response.json() as Promise<Visits>
}

/** The count that Postgres itself has. */
export async function countInPostgres(stack: Stack): Promise<number> {
  return Number(await psql(stack, "select sum(count) from visit_counts where id = 'page_visits'"))
}

/** Runs queries in Postgres, as its superuser, and returns their rows, without headings. */
export function psql(stack: Stack, ...queries: string[]): Promise<string> {
  const command = 'psql -qAtX -U postgres -d "$POSTGRES_DB" "$@"'
  const container = `${stack.project}-postgres-1`
  return docker('exec', container, 'sh', '-c', command, 'psql', ...queries.flatMap((query) => ['-c', query]))
}

/** Runs a command in Redis, as its administrator, and returns its reply, a value per line. */
export function redisCli(stack: Stack, command: string): Promise<string> {
  const withPassword = `REDISCLI_AUTH=$(cat /tmp/admin_password) redis-cli -e ${command}`
  return docker('exec', `${stack.project}-redis-1`, 'sh', '-c', withPassword)
}

/** Asks again until the check holds, and returns its result; throws its last error after `limitMs`. */
export async function eventually<T>(check: () => Promise<T>, limitMs = 10_000, everyMs = 100): Promise<T> {
  const end = Date.now() + limitMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > end) throw error
      await delay(everyMs)
    }
  }
}
