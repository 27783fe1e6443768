import fc from 'fast-check'
import { BACKENDS, type World } from './world.ts'

const backend = fc.nat(BACKENDS - 1)
const store = fc.constantFrom<'redis' | 'postgres'>('redis', 'postgres')
// Either all that a backend sends arrives, with what follows from it, or it is slow and stops anywhere on its way.
const limit = fc.oneof(fc.constant(50), fc.nat(5))
const pick = fc.nat(5)

function step<Name extends string, Rest extends object>(
  weight: number,
  name: Name,
  rest: fc.Arbitrary<Rest>,
) {
  return { weight, arbitrary: rest.map((more) => ({ do: name, ...more })) }
}
const nothing = fc.constant({})

const ordinary = [
  step(8, 'visit', fc.record({ backend, visits: fc.constantFrom(1, 10), limit })),
  step(6, 'deliver', fc.record({ backend, limit, pick })),
  step(3, 'deliver any', fc.record({ pick })),
  step(3, 'wait', fc.record({ ms: fc.constantFrom(50, 250, 500, 1_500) })),
  step(3, 'go on', fc.record({ ms: fc.constantFrom(50, 250, 500, 1_500) })),
]

const faults = [
  [step(3, 'drop', fc.record({ backend, store, late: fc.boolean() }))],
  [step(2, 'cut', fc.record({ backend, store })), step(1, 'heal', nothing)],
  [step(1, 'refuse', fc.record({ store })), step(1, 'heal', nothing)],
  [step(1, 'crash', fc.record({ backend }))],
  [step(2, 'restart Redis', nothing)],
  [step(2, 'snapshot Redis', nothing), step(2, 'roll Redis back', nothing)],
  [step(1, 'wipe Redis', nothing)],
  [step(2, 'snapshot Postgres', nothing), step(2, 'roll Postgres back', nothing)],
]

type StepOf<Kinds extends readonly { arbitrary: fc.Arbitrary<unknown> }[]> =
  Kinds[number]['arbitrary'] extends fc.Arbitrary<infer Value> ? Value : never
type Step = StepOf<typeof ordinary> | StepOf<(typeof faults)[number]>

/** What happens in a run: visits, deliveries and the passing of time, with up to three kinds of fault among them. */
export const steps = fc.subarray(faults, { maxLength: 3 }).chain((some) =>
  fc.array(fc.oneof(...([...ordinary, ...some.flat()] as never[])) as fc.Arbitrary<Step>, {
    maxLength: 30,
    size: 'max',
  }),
)

export async function take(step: Step, world: World): Promise<unknown> {
  switch (step.do) {
    case 'visit':
      world.visit(step.backend, step.visits)
      return world.network.deliver(step.limit, 0, step.backend)
    case 'deliver':
      return world.network.deliver(step.limit, step.pick, step.backend)
    case 'deliver any':
      return world.network.deliver(1, step.pick)
    case 'wait':
      return world.pass(step.ms, false)
    case 'go on':
      return world.pass(step.ms, true)
    case 'drop':
      return world.drop(step.backend, step.store, step.late)
    case 'cut':
      return world.cut(step.backend, step.store)
    case 'heal':
      return world.network.heal()
    case 'refuse':
      return world.network.refusing.add(step.store)
    case 'crash':
      return world.crash(step.backend)
    case 'restart Redis':
      return world.restartRedis()
    case 'snapshot Redis':
      return world.snapshotRedis()
    case 'roll Redis back':
      return world.rollRedisBack()
    case 'wipe Redis':
      return world.wipeRedis()
    case 'snapshot Postgres':
      return world.snapshotPostgres()
    case 'roll Postgres back':
      return world.rollPostgresBack()
  }
}
