import { IS_LOCAL } from '../local.ts'
import { storeState } from '../system.ts'
import { countedBy, type Memory, type Observation } from './memory.ts'

export type ExerciseId =
  | 'stop-redis'
  | 'start-redis'
  | 'stop-postgres'
  | 'start-postgres'
  | 'scale'
  | 'kill-backend'
  | 'restart'
  | 'hot-reload'

/** Whether an observation, after what was seen and done before it, completes the exercise. */
type Rule = (seen: Observation, before: Memory, done: ExerciseId[]) => boolean

export const RULES: Record<ExerciseId, Rule> = {
  'stop-redis': ({ visit }) => visit?.source === 'postgres',

  'start-redis': ({ visit }, { count }, done) =>
    done.includes('stop-redis') && visit?.source === 'redis' && visit.count > count,

  'stop-postgres': ({ status }) =>
    status !== undefined && storeState(status, 'postgres') === 'down' && (status.visits.unsaved ?? 0) > 0,

  'start-postgres': ({ status }, _, done) =>
    done.includes('stop-postgres') && status?.visits.unsaved === 0 && storeState(status, 'postgres') === 'up',

  scale: ({ status }) =>
    status !== undefined && Object.values(countedBy(status)).filter((visits) => visits > 0).length >= 3,

  // The counter of a backend that was killed starts from zero again.
  'kill-backend'({ status }, { counted }) {
    const now = status ? Object.entries(countedBy(status)).filter(([host]) => host in counted) : []
    const keptRunning = now.map(([host, visits]) => visits >= (counted[host] ?? 0))
    return keptRunning.includes(true) && keptRunning.includes(false)
  },

  restart({ status }, { wasUnreachable, counted, count, uptimeSeconds }) {
    if (!status || (status.visits.count ?? -1) < count) return false
    if (IS_LOCAL) return status.uptimeSeconds < uptimeSeconds
    const isNew = status.replicas.map(({ host }) => !(host in counted))
    return wasUnreachable && isNew.length > 0 && !isNew.includes(false)
  },

  'hot-reload': ({ data }, { firstMessage }) =>
    data !== undefined && firstMessage !== null && data.message !== firstMessage,
}
