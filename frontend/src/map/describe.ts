import { shortHost } from '../format.ts'
import { IS_LOCAL } from '../local.ts'
import { type ComponentState, type System, UNKNOWN_SYSTEM } from '../system.ts'

const LIST = new Intl.ListFormat('en')

/** Says in a sentence or two how the system is, and what follows from it for the visits. */
export function describeSystem(system: System): string {
  const { nginx, backends, redis, postgres } = system
  if (system === UNKNOWN_SYSTEM) return 'Waiting for the first answer…'
  if (nginx === 'down') return IS_LOCAL ? 'The app does not answer.' : 'Nginx does not answer.'
  if (nginx === 'unknown') return 'No answer within a second: a component may be frozen or overloaded.'
  if (backends.every(isDown))
    return IS_LOCAL ? 'The backend does not answer.' : 'Nginx answers, but no backend does.'
  const gone = backends.filter(isDown).map(({ host }) => shortHost(host))
  const backendsDown =
    gone.length > 1 ? `Backends ${LIST.format(gone)} are down.` : `Backend ${gone[0]} is down.`
  const sentences = [gone.length > 0 ? backendsDown : '', describeStores(redis.state, postgres.state)]
  return sentences.filter(Boolean).join(' ') || 'All components are up.'
}

/** Whether no visit can be counted, and what is missing has to be started. */
export function isOut({ nginx, backends, redis, postgres }: System): boolean {
  return nginx === 'down' || (nginx === 'up' && backends.every(isDown)) || (isDown(redis) && isDown(postgres))
}

function isDown({ state }: { state: ComponentState }): boolean {
  return state === 'down'
}

function describeStores(redis: ComponentState, postgres: ComponentState): string {
  if (redis === 'down' && postgres === 'down') return 'Redis and Postgres are down: no visit can be counted.'
  if (redis === 'down') return 'Redis is down: Postgres counts the visits.'
  if (postgres === 'down')
    return 'Postgres is down: Redis counts the visits and keeps them until Postgres is back.'
  const degraded = [redis === 'degraded' && 'Redis', postgres === 'degraded' && 'Postgres'].filter(
    (name) => name !== false,
  )
  return degraded.length > 0 ? `Some backends cannot reach ${LIST.format(degraded)}.` : ''
}
