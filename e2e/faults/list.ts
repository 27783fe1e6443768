import { setTimeout as delay } from 'node:timers/promises'
import { redisCli } from '../client.ts'
import type { Stack } from '../compose.ts'
import {
  comeBackOlder,
  cutOff,
  DOWN_MS,
  end,
  FROZEN_MS,
  freeze,
  killAll,
  lockRows,
  loseVolume,
  makeReadOnly,
  recreate,
  replaceBackends,
  restart,
  startWithoutRedis,
  up,
} from './actions.ts'

export interface Fault {
  name: string
  /** Services whose processes the fault ends; all others have to live on. */
  ends: string[]
  /** Done before the load starts. */
  before?: (stack: Stack) => Promise<unknown>
  /** Done to the stack under load; resolves when the fault is over. */
  run: (stack: Stack) => Promise<unknown>
  /** Done after the load. */
  after?: (stack: Stack) => Promise<unknown>
  /** The slowest answer that is allowed, in milliseconds. */
  limitMs: number
  /** Every request has to be answered with 201. */
  costsNothing?: boolean
  /** Redis loses data, and with it the visits that were unsaved at that moment. */
  losesRedisData?: boolean
}

const ANY_MS = 2_000
const ONLY_REDIS_GONE_MS = 500

const HOW = {
  killed: end('kill'),
  stopped: end('stop'),
  frozen: freeze,
  restarted: restart,
  recreated: recreate,
}

/** What is sent to a frozen nginx or backend waits for its thaw, a backend's at most for nginx's read timeout (5 s). */
const waits = (service: string, what: string) => what === 'frozen' && ['nginx', 'backend'].includes(service)

/** What can happen to each component; one of three backends stands for all of them. */
const ofEachComponent = ['redis', 'postgres', 'backend', 'nginx'].flatMap((service) =>
  Object.entries(HOW).map(([what, how]): Fault => {
    const givenTime = what !== 'killed' && what !== 'frozen'
    return {
      name: `${service} ${what}`,
      ends: what === 'frozen' ? [] : [service],
      run: (stack) => how(stack, service),
      // A visitor notices what happens to nginx, and what a backend had no time to finish.
      costsNothing: service !== 'nginx' && (service !== 'backend' || givenTime),
      limitMs: service === 'redis' ? ONLY_REDIS_GONE_MS : waits(service, what) ? FROZEN_MS + 500 : ANY_MS,
    }
  }),
)

const ofTheWhole: Fault[] = [
  {
    name: 'redis wiped (FLUSHALL)',
    ends: [],
    run: (stack) => redisCli(stack, 'flushall'),
    losesRedisData: true,
    costsNothing: true,
    limitMs: ONLY_REDIS_GONE_MS,
  },
  {
    name: 'redis loses its volume',
    ends: ['redis'],
    run: loseVolume,
    losesRedisData: true,
    costsNothing: true,
    limitMs: ONLY_REDIS_GONE_MS,
  },
  {
    name: 'postgres stopped for the whole load',
    ends: ['postgres'],
    before: (stack) => stack.compose('stop', 'postgres'),
    run: () => delay(FROZEN_MS),
    after: (stack) => stack.compose('start', 'postgres'),
    costsNothing: true,
    limitMs: ANY_MS,
  },
  {
    name: 'redis down when the stack starts',
    ends: ['redis', 'postgres', 'backend', 'nginx'],
    before: startWithoutRedis,
    run: (stack) => stack.compose('start', 'redis'),
    costsNothing: true,
    limitMs: ONLY_REDIS_GONE_MS,
  },
  {
    name: 'postgres down when a backend starts',
    ends: ['postgres', 'backend'],
    async run(stack) {
      await stack.compose('stop', 'postgres')
      await restart(stack, 'backend')
      await delay(DOWN_MS)
      await stack.compose('start', 'postgres')
    },
    costsNothing: true,
    limitMs: ANY_MS,
  },
  {
    name: 'redis and postgres stopped',
    ends: ['redis', 'postgres'],
    async run(stack) {
      await stack.compose('stop', 'redis', 'postgres')
      await delay(DOWN_MS)
      await stack.compose('start', 'redis', 'postgres')
    },
    limitMs: ANY_MS,
  },
  {
    name: 'postgres frozen while redis is down',
    ends: ['redis'],
    before: (stack) => stack.compose('stop', 'redis'),
    run: (stack) => freeze(stack, 'postgres'),
    after: (stack) => stack.compose('start', 'redis'),
    limitMs: ANY_MS,
  },
  {
    name: 'backends scaled 3 → 1 → 3',
    ends: ['backend'],
    async run(stack) {
      await up(stack, 'backend', 1)
      await delay(DOWN_MS)
      await up(stack, 'backend')
    },
    costsNothing: true,
    limitMs: ANY_MS,
  },
  {
    name: 'all backends replaced, one by one',
    ends: ['backend'],
    run: replaceBackends,
    costsNothing: true,
    limitMs: ANY_MS,
  },
  {
    name: 'one backend cut off from Redis',
    ends: [],
    run: cutOff('cache'),
    costsNothing: true,
    limitMs: ONLY_REDIS_GONE_MS,
  },
  {
    name: 'one backend cut off from Postgres',
    ends: [],
    run: cutOff('data'),
    costsNothing: true,
    limitMs: ANY_MS,
  },
  {
    name: 'one backend cut off from both stores',
    ends: [],
    run: cutOff('cache', 'data'),
    limitMs: ANY_MS,
  },
  {
    name: 'postgres read-only',
    ends: [],
    run: makeReadOnly,
    costsNothing: true,
    limitMs: ANY_MS,
  },
  {
    name: 'postgres with its rows locked',
    ends: [],
    run: lockRows,
    costsNothing: true,
    limitMs: ANY_MS,
  },
  {
    name: 'everything killed at once',
    ends: ['redis', 'postgres', 'backend', 'nginx'],
    run: killAll,
    limitMs: FROZEN_MS + 500,
  },
  {
    name: 'power cut: redis older than postgres, which starts last',
    ends: ['redis', 'postgres', 'backend'],
    run: comeBackOlder,
    losesRedisData: true,
    limitMs: FROZEN_MS + 500,
  },
]

export const FAULTS: Fault[] = [...ofEachComponent, ...ofTheWhole]
