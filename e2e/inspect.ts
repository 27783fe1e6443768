import { countInPostgres, eventually, redisCli } from './client.ts'
import { docker, type Stack } from './compose.ts'

/** Waits until Redis and Postgres agree and nothing is on its way between them; the count they agree on. */
export function savedCount(stack: Stack): Promise<number> {
  return eventually(async () => {
    const reply = await redisCli(stack, 'hmget visits:page_visits elsewhere counted saved')
    const [elsewhere = NaN, counted = NaN, saved] = reply.trim().split('\n').map(Number)
    const count = await countInPostgres(stack)
    if (elsewhere + counted !== count || counted !== saved) {
      throw new Error(`not saved yet: Redis ${[elsewhere, counted, saved]}, Postgres ${count}`)
    }
    return count
  })
}

/** Waits until every replica finds both stores up; how long that took, in milliseconds. */
export async function recoveryTime(stack: Stack): Promise<number> {
  const startedAt = performance.now()
  await eventually(async () => {
    for (const container of await containersOf(stack, 'backend')) {
      const answer = await docker('exec', container, 'wget', '-qO-', 'http://127.0.0.1:3000/health/ready')
      if (JSON.parse(answer).status !== 'ok') throw new Error(`a backend is not ok: ${answer}`)
    }
    const response = await fetch(`${stack.url}/api/visits`, { signal: AbortSignal.timeout(2_000) })
    if (!response.ok) throw new Error(`nginx answers ${response.status}`)
  }, 20_000)
  return performance.now() - startedAt
}

/** When each container's process was started; a process that died and came back has another time. */
export async function startTimes(stack: Stack): Promise<Map<string, string>> {
  const containers = await containersOf(stack)
  const lines = await docker('inspect', '--format', '{{.Name}} {{.State.StartedAt}}', ...containers)
  return new Map(lines.split('\n').map((line) => line.split(' ') as [string, string]))
}

/** The ids of the running containers, of these services or of all; with `--all`, also of those that are stopped. */
export async function containersOf({ project }: Stack, ...services: string[]): Promise<string[]> {
  // Not `docker compose ps`, which takes ten times as long.
  const label = (name: string, value: string) => ['--filter', `label=com.docker.compose.${name}=${value}`]
  const list = [
    'ps',
    '--quiet',
    '--no-trunc',
    ...services.filter((name) => name === '--all'),
    ...label('project', project),
  ]
  const names = services.filter((name) => name !== '--all')
  const lists = names.length > 0 ? names.map((name) => [...list, ...label('service', name)]) : [list]
  const ids = await Promise.all(lists.map((command) => docker(...command)))
  return ids.flatMap((lines) => lines.split('\n')).filter(Boolean)
}
