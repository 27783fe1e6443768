import type { Data, Status, Visit } from '../api.ts'
import { storeState } from '../system.ts'
import type { Memory } from './memory.ts'

export type ExerciseId =
  | 'stop-redis'
  | 'start-redis'
  | 'stop-postgres'
  | 'start-postgres'
  | 'scale'
  | 'kill-backend'
  | 'down-up'
  | 'hot-reload'

/** Something to do: commands to run, or a file to edit. */
export type Exercise = { id: ExerciseId; title: string; expect: string } & (
  | { commands: string[]; file?: undefined }
  | { file: string; commands?: undefined }
)

/** What the page sees happen: one of these at a time. */
export type Observation = { visit?: Visit; status?: Status; data?: Data; unreachable?: true }

/** Tells from an observation, and from what was seen before it, that an exercise was done. */
type Rule = (seen: Observation, before: Memory) => boolean

export const rules: Record<ExerciseId, Rule> = {
  'stop-redis': ({ visit }) => visit?.source === 'postgres',

  'start-redis': ({ visit }, before) =>
    before.postgresCounted && visit?.source === 'redis' && visit.count > before.highestNumber,

  'stop-postgres': ({ status }) => status !== undefined && isWaiting(status),

  'start-postgres': ({ status }, before) =>
    before.visitsWaited &&
    status !== undefined &&
    storeState(status, 'postgres') === 'up' &&
    status.visits.unsaved === 0,

  scale({ visit, status }, before) {
    const running = status ? status.replicas.map(({ host }) => host) : Object.keys(before.replicas)
    const answered = new Set([...before.answered, ...(visit ? [visit.servedByHost] : [])])
    return running.filter((host) => answered.has(host)).length >= 3
  },

  'kill-backend': ({ visit }, before) =>
    before.backendLost && visit !== undefined && visit.count > before.highestNumber,

  'down-up': ({ status }, { beforeOutage }) =>
    beforeOutage !== null &&
    status !== undefined &&
    status.replicas.length > 0 &&
    status.replicas.every(({ host }) => !beforeOutage.hosts.includes(host)) &&
    status.visits.count !== null &&
    status.visits.count >= beforeOutage.count,

  'hot-reload': ({ data }, { firstMessage }) =>
    data !== undefined && firstMessage !== null && data.message !== firstMessage,
}

/** Whether visits wait because Postgres is down. */
export function isWaiting(status: Status): boolean {
  return storeState(status, 'postgres') === 'down' && (status.visits.unsaved ?? 0) > 0
}
