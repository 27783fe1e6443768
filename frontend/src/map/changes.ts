import { shortHost } from '../format.ts'
import { type PartState, type System, unknownSystem } from '../system.ts'

const list = new Intl.ListFormat('en')

/** Says in words which parts changed; nothing while the page gets to know them. */
export function describeChanges(before: System, after: System): string {
  if (before === unknownSystem) return ''
  const known = statesOf(before)
  const changed = [...statesOf(after)].filter(([name, state]) => state !== known.get(name))
  const sentences = (['down', 'degraded', 'up'] as const)
    .map((state) => ({ state, names: changed.filter(([, now]) => now === state).map(([name]) => name) }))
    .filter(({ names }) => names.length > 0)
    .map(({ state, names }) => `${list.format(names)} ${names.length === 1 ? 'is' : 'are'} ${state}.`)
  if (sentences.length === 0 && changed.length > 0) return 'No answer: nobody can tell how the parts are.'
  return sentences.join(' ')
}

/** A backend that misses a store is up: the store says so itself. */
function statesOf({ nginx, backends, redis, postgres }: System): Map<string, PartState> {
  return new Map<string, PartState>([
    ['Nginx', nginx],
    ['Redis', redis.state],
    ['Postgres', postgres.state],
    ...backends.map(({ host, state }): [string, PartState] => [
      `Backend ${shortHost(host)}`,
      state === 'degraded' ? 'up' : state,
    ]),
  ])
}
