import fc from 'fast-check'
import type { Failure } from './network.ts'
import { BACKENDS, type World } from './world.ts'

/** More calls than any work of a backend takes. */
export const ALL = 50

const backend = fc.nat(BACKENDS - 1)
const pick = fc.nat(5)
// Either a backend works to the end, or it is slow and stops anywhere on its way.
const calls = fc.oneof(fc.constant(ALL), fc.nat(5))
const visits = fc.constantFrom<number>(1, 10)
const failure = fc.constantFrom<Failure>('refused', 'unanswered', 'late')

const ordinary = [
  { weight: 8, arbitrary: fc.record({ do: fc.constant('visit'), backend, calls, visits }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('save'), backend, calls }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('go on'), backend, calls, pick }) },
]
const rejoin = { weight: 4, arbitrary: fc.record({ do: fc.constant('rejoin'), backend, calls }) }
const faults = [
  [
    { weight: 2, arbitrary: fc.record({ do: fc.constant('fail'), backend, pick, failure }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('arrive late'), pick }) },
    rejoin,
  ],
  [{ weight: 1, arbitrary: fc.record({ do: fc.constant('crash'), backend }) }, rejoin],
  [{ weight: 1, arbitrary: fc.record({ do: fc.constant('break Redis') }) }, rejoin],
  [
    { weight: 2, arbitrary: fc.record({ do: fc.constant('snapshot') }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('roll back') }) },
    rejoin,
  ],
  [{ weight: 1, arbitrary: fc.record({ do: fc.constant('wipe') }) }],
  [
    { weight: 1, arbitrary: fc.record({ do: fc.constant('freeze Postgres') }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('thaw Postgres') }) },
  ],
]

export type Step =
  (typeof ordinary | (typeof faults)[number])[number]['arbitrary'] extends fc.Arbitrary<infer Value>
    ? Value
    : never

export const steps = fc.subarray(faults, { maxLength: 3 }).chain((some) =>
  fc.array(fc.oneof(...ordinary, ...some.flat()) as fc.Arbitrary<Step>, {
    maxLength: 30,
    size: 'max',
  }),
)

export async function take(step: Step, world: World): Promise<void> {
  switch (step.do) {
    case 'visit':
      world.visit(step.backend, step.visits)
      return world.network.deliverFrom(step.backend, step.calls)
    case 'save':
      world.backend(step.backend).save()
      return world.network.deliverFrom(step.backend, step.calls)
    case 'rejoin':
      world.backend(step.backend).rejoin()
      return world.network.deliverFrom(step.backend, step.calls)
    case 'go on':
      return world.network.deliverFrom(step.backend, step.calls, step.pick)
    case 'arrive late':
      return world.network.deliverAdrift(step.pick)
    case 'fail':
      return world.network.fail(step.backend, step.pick, step.failure)
    case 'crash':
      return world.crash(step.backend)
    case 'snapshot':
      return world.snapshot()
    case 'roll back':
      return world.rollBack()
    case 'break Redis':
      return world.breakRedis()
    case 'wipe':
      return world.wipe()
    case 'freeze Postgres':
      return world.freezePostgres()
    case 'thaw Postgres':
      return world.thawPostgres()
  }
}
