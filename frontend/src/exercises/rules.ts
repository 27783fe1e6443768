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

  'kill-backend': ({ visit }, { backendLost, count }) =>
    backendLost && visit !== undefined && visit.count > count,

  restart({ status }, { wasUnreachable, counted, count }) {
    const hosts = Object.keys(counted)
    return (
      wasUnreachable &&
      hosts.length > 0 &&
      status !== undefined &&
      status.replicas.length > 0 &&
      status.replicas.every(({ host }) => !hosts.includes(host)) &&
      (status.visits.count ?? -1) >= count
    )
  },

  'hot-reload': ({ data }, { firstMessage }) =>
    data !== undefined && firstMessage !== null && data.message !== firstMessage,
}
