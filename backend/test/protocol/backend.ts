import { guard, StoreDownError } from '../../src/circuit.ts'
import { createCounter, type Stores } from '../../src/counter/counter.ts'
import { catchUp, handOver } from '../../src/counter/hand-over.ts'
import type { Network, StoreName } from './network.ts'

/** What a simulated backend knows of the world around it. */
export interface Surroundings {
  network: Network
  stores: Stores
  postgresUp(): boolean
  /** Redis came back older, and no backend has compared it with Postgres since. */
  redisIsOlder(): boolean
  caughtUp(): void
  answered(): void
  inDoubt(visits: number): void
}

export type Backend = ReturnType<typeof createBackend>

/** A backend as `services.ts` puts it together, but time and the network are the test's. */
export function createBackend(number: number, around: Surroundings, redisUp: boolean) {
  const redisCircuit = createSwitch('redis', redisUp)
  // Guarded as in services.ts: what rejoins Redis passes its circuit by, everything else goes through it.
  const redisItself = guard(around.stores.redis, { ...createSwitch('redis', true), trip() {} })
  const redis = guard(around.stores.redis, redisCircuit)
  const postgres = guard(around.stores.postgres, {
    ...createSwitch('postgres', true),
    run: (call) =>
      around.postgresUp()
        ? around.network.send(number, 'postgres', call)
        : Promise.reject(new StoreDownError('postgres is down')),
  })
  const counter = createCounter({ redis, postgres }, around.inDoubt)
  let rejoining = false

  /** A circuit without timers: it stays open until the backend rejoins. */
  function createSwitch(name: StoreName, up: boolean) {
    return {
      up,
      trips: 0,
      async run<T>(call: () => Promise<T>): Promise<T> {
        if (!this.up) throw new StoreDownError(`${name} is down`)
        try {
          return await around.network.send(number, name, call)
        } catch (error) {
          this.trip()
          throw error
        }
      },
      trip() {
        this.trips++
        this.up = false
      },
      start: async () => {},
      stop() {},
    }
  }

  async function rejoin(): Promise<void> {
    const tripsBefore = redisCircuit.trips
    // services.ts uses Redis as it is while Postgres is down, too. A Redis that comes back older just then is
    // a second fault at the same time, and the counter promises nothing for two.
    if (around.postgresUp() || around.redisIsOlder()) await catchUp(redisItself, postgres)
    if (redisCircuit.trips !== tripsBefore) return
    redisCircuit.up = true
    around.caughtUp()
  }

  return {
    redisCircuit,
    visit(): void {
      counter.visit().then(around.answered, () => {})
    },
    read: () => counter.current(),
    /** One round of the saver. */
    save(): void {
      redis
        .cut()
        .then((batch) => handOver(redis, postgres, batch))
        .catch(() => {})
    },
    rejoin(): void {
      if (redisCircuit.up || rejoining) return
      rejoining = true
      rejoin()
        .catch(() => {})
        .finally(() => {
          rejoining = false
        })
    },
  }
}
