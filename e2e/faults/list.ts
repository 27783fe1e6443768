import { setTimeout as delay } from 'node:timers/promises'
import { redisCli } from '../client.ts'
import type { Stack } from '../compose.ts'
import * as act from './actions.ts'

export interface Fault {
  name: string
  /** Services whose processes the fault ends; all others have to live on. */
  ends: string[]
  /** Done to the stack under load; resolves when the fault is over. */
  run: (stack: Stack) => Promise<unknown>
  /** Done before the load starts. */
  before?: (stack: Stack) => Promise<unknown>
  /** Done after the load. */
  after?: (stack: Stack) => Promise<unknown>
  /** Statuses other than 201 that a visit may be answered with; 0 stands for a failed connection. None if it is absent. */
  mayAnswer?: number[]
  /** Redis loses data, and with it the visits that were unsaved at that moment. */
  losesRedisData?: boolean
  /** How many processes end one after the other while visits are under way. One if it is absent. */
  endings?: number
  /** The slowest answer that is allowed, in milliseconds. */
  limitMs?: number
}

export const LIMIT_MS = 2_000
const ONLY_REDIS_GONE_MS = 500
// What is sent to a frozen nginx or backend waits for its thaw, a backend's at most for nginx's read timeout (5 s).
const WAITS_MS = 5_500

// 504: a visit was on its way. 503: nginx found no other backend, since it gives up when it learns that the backend's
// address is gone in the middle of a retry. A frozen backend keeps its address.
const UNFINISHED: Record<string, number[]> = { killed: [503, 504], frozen: [504] }

const HOW = {
  killed: act.end('kill'),
  stopped: act.end('stop'),
  frozen: act.freeze,
  restarted: act.restart,
  recreated: act.recreate,
}

/** What can happen to each component; one of three backends stands for all of them. */
const ofEachComponent = ['redis', 'postgres', 'backend', 'nginx'].flatMap((service) =>
  Object.entries(HOW).map(([what, how]): Fault => {
    const waits = what === 'frozen' && ['nginx', 'backend'].includes(service)
    return {
      name: `${service} ${what}`,
      ends: what === 'frozen' ? [] : [service],
      run: (stack) => how(stack, service),
      // A visitor notices what happens to nginx, which begins without a backend, and what a backend had no time to finish.
      mayAnswer: service === 'nginx' ? [0, 503, 504] : service === 'backend' ? UNFINISHED[what] : [],
      limitMs: service === 'redis' ? ONLY_REDIS_GONE_MS : waits ? WAITS_MS : LIMIT_MS,
    }
  }),
)

const stop =
  (...services: string[]) =>
  (stack: Stack) =>
    stack.compose('stop', ...services)
const start =
  (...services: string[]) =>
  (stack: Stack) =>
    stack.compose('start', ...services)

/** Does one thing after the other, with the time of an outage before the last one. */
const during =
  (...steps: ((stack: Stack) => Promise<unknown>)[]) =>
  async (stack: Stack) => {
    for (const [index, step] of steps.entries()) {
      if (index === steps.length - 1) await delay(act.DOWN_MS)
      await step(stack)
    }
  }

/** What happens to more than one component, or to their data. */
const ofTheWhole: Fault[] = [
  {
    name: 'redis wiped (FLUSHALL)',
    ends: [],
    run: (stack) => redisCli(stack, 'flushall'),
    losesRedisData: true,
    limitMs: ONLY_REDIS_GONE_MS,
  },
  {
    name: 'redis loses its volume',
    ends: ['redis'],
    run: act.loseVolume,
    losesRedisData: true,
    limitMs: ONLY_REDIS_GONE_MS,
  },
  {
    name: 'redis down when the stack starts',
    ends: ['redis', 'postgres', 'backend', 'nginx'],
    before: act.startWithoutRedis,
    run: start('redis'),
    limitMs: ONLY_REDIS_GONE_MS,
  },
  {
    name: 'postgres down when a backend starts',
    ends: ['postgres', 'backend'],
    run: during(stop('postgres'), (stack) => act.restart(stack, 'backend'), start('postgres')),
  },
  {
    name: 'postgres stopped for the whole load',
    ends: ['postgres'],
    before: stop('postgres'),
    run: () => delay(act.FROZEN_MS),
    after: start('postgres'),
  },
  { name: 'postgres read-only', ends: [], run: act.makeReadOnly },
  { name: 'postgres with its rows locked', ends: [], run: act.lockRows },
  {
    name: 'redis and postgres stopped',
    ends: ['redis', 'postgres'],
    run: during(stop('redis', 'postgres'), start('redis', 'postgres')),
    mayAnswer: [503, 504],
  },
  {
    name: 'postgres frozen while redis is down',
    ends: ['redis'],
    before: stop('redis'),
    run: (stack) => act.freeze(stack, 'postgres'),
    mayAnswer: [503, 504],
    after: start('redis'),
  },
  {
    name: 'one backend cut off from redis',
    ends: [],
    run: act.cutOff('cache'),
    limitMs: ONLY_REDIS_GONE_MS,
  },
  { name: 'one backend cut off from postgres', ends: [], run: act.cutOff('data') },
  {
    name: 'one backend cut off from both stores',
    ends: [],
    run: act.cutOff('cache', 'data'),
    mayAnswer: [504],
  },
  {
    name: 'backends scaled 3 → 1 → 3',
    ends: ['backend'],
    run: during(
      (stack) => act.up(stack, 'backend', 1),
      (stack) => act.up(stack, 'backend'),
    ),
  },
  {
    name: 'all backends replaced, one by one',
    ends: ['backend'],
    run: act.replaceBackends,
  },
  {
    name: 'everything killed at once',
    ends: ['redis', 'postgres', 'backend', 'nginx'],
    run: act.killAll,
    endings: act.BACKENDS,
    mayAnswer: [0, 503, 504],
    limitMs: WAITS_MS,
  },
  {
    name: 'power cut: redis older than postgres, which starts last',
    ends: ['redis', 'postgres', 'backend'],
    run: act.comeBackOlder,
    endings: act.BACKENDS,
    mayAnswer: [503, 504],
    losesRedisData: true,
    limitMs: WAITS_MS,
  },
]

export const FAULTS: Fault[] = [...ofEachComponent, ...ofTheWhole]
