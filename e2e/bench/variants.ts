import { eventually, visit } from '../client.ts'
import { docker, PROD, type Stack, startStack } from '../compose.ts'
import { containersOf } from '../inspect.ts'

/** What is compared: the counter as it is, unless a variant says what differs. */
export interface Variant {
  name: string
  /** The file of backend/bench/ that runs in the backend's place. */
  rival?: string
  replicas?: number
  stopped?: 'redis' | 'postgres'
  /** What is read, instead of counting a visit. */
  get?: string
  /** Whether its visits are in Postgres in the end. */
  counts?: false
}

export const VARIANTS = {
  counter: { name: 'this counter' },
  constant: { name: 'a constant in the same app', rival: 'constant', counts: false },
  bare: { name: 'a bare Node server', rival: 'bare', counts: false },
  naive: { name: 'the tutorials’ way', rival: 'naive' },
  withoutRedis: { name: 'Redis stopped', stopped: 'redis' },
  withoutPostgres: { name: 'Postgres stopped', stopped: 'postgres' },
  two: { name: 'two replicas', replicas: 2 },
  three: { name: 'three replicas', replicas: 3 },
  visits: { name: '`GET /api/visits`', get: '/api/visits', counts: false },
  status: { name: '`GET /api/status`', get: '/api/status', counts: false },
  page: { name: 'the static page', get: '/', counts: false },
} satisfies Record<string, Variant>

export type Key = keyof typeof VARIANTS

/** What tells stacks apart; variants that only read share the counter's. */
export const stackOf = ({ rival, replicas = 1, stopped }: Variant) => rival ?? stopped ?? String(replicas)

/** A stack of production's, on empty volumes. */
export async function startVariant({ rival, replicas = 1, stopped }: Variant): Promise<Stack> {
  const unlimited = [...PROD, '-f', 'e2e/bench/unlimited.yaml']
  const files = rival ? [...unlimited, '-f', 'e2e/bench/rival.yaml'] : unlimited
  const stack = await startStack(files, ['--scale', `backend=${replicas}`], { environment: { RIVAL: rival } })
  if (stopped) await stack.compose('stop', stopped)
  return stack
}

/** Freezes a stack, so that its health checks and timers take nothing from the one that is measured. */
export async function freeze(stack: Stack): Promise<void> {
  await docker('pause', ...(await containersOf(stack)))
}

/** Lets a stack go on. */
export async function thaw(stack: Stack): Promise<void> {
  await docker('unpause', ...(await containersOf(stack)))
}

/** Waits until a stack counts where it should. */
export async function ready(stack: Stack, { stopped }: Variant): Promise<void> {
  const expected = stopped === 'redis' ? 'postgres' : 'redis'
  await eventually(async () => {
    const { source } = await visit(stack)
    if (source !== expected) throw new Error(`${stack.project} counts in ${source}.`)
  })
}
