import { setTimeout as delay } from 'node:timers/promises'
import { eventually, readCount, redisCli } from './client.ts'
import { docker, type Stack } from './compose.ts'
import { containersOf } from './inspect.ts'

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
  /** Redis loses its data, and with it the visits that were unsaved at that moment. */
  wipesRedis?: boolean
}

/** How many backends run under the load. */
export const BACKENDS = 3

const DOWN_MS = 2_000
const FROZEN_MS = 5_000
const ANY_MS = 2_000
const ONLY_REDIS_GONE_MS = 500

/** The first container of a service: the only one, or one of several backends. */
async function first(stack: Stack, service: string): Promise<string> {
  return (await containersOf(stack, service))[0] as string
}

/** Takes a part away for a while. */
function end(how: 'kill' | 'stop') {
  return async (stack: Stack, service: string) => {
    const container = await first(stack, service)
    await docker(how, container)
    await delay(DOWN_MS)
    await docker('start', container)
  }
}

async function freeze(stack: Stack, service: string) {
  const container = await first(stack, service)
  await docker('pause', container)
  await delay(FROZEN_MS)
  await docker('unpause', container)
}

async function restart(stack: Stack, service: string) {
  await docker('restart', await first(stack, service))
}

/** Starts what is missing of a service; of the backend, this many. */
async function up(stack: Stack, service: string, backends = BACKENDS) {
  const scale = service === 'backend' ? ['--scale', `backend=${backends}`] : []
  await stack.compose('up', '--detach', '--wait', '--no-deps', '--no-recreate', ...scale, service)
}

/** Replaces a container by a new one with another address: something else takes the old address meanwhile. */
async function recreate(stack: Stack, service: string) {
  const container = await first(stack, service)
  const networks = await docker('inspect', '--format', '{{json .NetworkSettings.Networks}}', container)
  await docker('stop', container)
  await docker('rm', container)
  const placeholders: string[] = []
  for (const network of Object.keys(JSON.parse(networks))) {
    const sleep = ['--entrypoint', 'sleep', 'redis:8-alpine', '60']
    placeholders.push(await docker('run', '--detach', '--rm', '--init', '--network', network, ...sleep))
  }
  await up(stack, service)
  await docker('rm', '--force', ...placeholders)
}

/** Replaces the backends one after the other, each when the one before is healthy. */
async function replaceBackends(stack: Stack) {
  for (const container of await containersOf(stack, 'backend')) {
    await docker('stop', container)
    await docker('rm', container)
    await up(stack, 'backend')
  }
}

async function loseVolume(stack: Stack) {
  await stack.compose('rm', '--stop', '--force', 'redis')
  await docker('volume', 'rm', `${stack.project}_redis_data`)
  await up(stack, 'redis')
}

/** Starts the stack without Redis, which Compose itself would not do: it is a backend's dependency. */
async function startWithoutRedis(stack: Stack) {
  const others = await containersOf(stack, 'postgres', 'backend', 'nginx')
  await stack.compose('stop')
  await docker('start', ...others)
  await eventually(() => readCount(stack))
}

const HOW = {
  killed: end('kill'),
  stopped: end('stop'),
  frozen: freeze,
  restarted: restart,
  recreated: recreate,
}

/** What is sent to a frozen nginx or backend waits for its thaw, a backend's at most for nginx's read timeout (5 s). */
const waits = (service: string, what: string) => what === 'frozen' && ['nginx', 'backend'].includes(service)

/** What can happen to each part; one of three backends stands for all of them. */
const ofEachPart = ['redis', 'postgres', 'backend', 'nginx'].flatMap((service) =>
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
    wipesRedis: true,
    costsNothing: true,
    limitMs: ONLY_REDIS_GONE_MS,
  },
  {
    name: 'redis loses its volume',
    ends: ['redis'],
    run: loseVolume,
    wipesRedis: true,
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
]

export const FAULTS: Fault[] = [...ofEachPart, ...ofTheWhole]
