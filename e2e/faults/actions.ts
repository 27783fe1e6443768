import { setTimeout as delay } from 'node:timers/promises'
import { eventually, psql, readCount, redisCli } from '../client.ts'
import { docker, type Stack } from '../compose.ts'
import { containersOf } from '../inspect.ts'

/** How many backends run under the load. */
export const BACKENDS = 3
export const DOWN_MS = 2_000
export const FROZEN_MS = 5_000

/** The first container of a service: the only one, or one of several backends. */
async function first(stack: Stack, service: string): Promise<string> {
  return (await containersOf(stack, service))[0] as string
}

/** Takes a component away for a while. */
export function end(how: 'kill' | 'stop') {
  return async (stack: Stack, service: string) => {
    const container = await first(stack, service)
    await docker(how, container)
    await delay(DOWN_MS)
    await docker('start', container)
  }
}

export async function freeze(stack: Stack, service: string) {
  const container = await first(stack, service)
  await docker('pause', container)
  await delay(FROZEN_MS)
  await docker('unpause', container)
}

export async function restart(stack: Stack, service: string) {
  await docker('restart', await first(stack, service))
}

/** Starts what is missing of a service; of the backend, this many. */
export async function up(stack: Stack, service: string, backends = BACKENDS) {
  const scale = service === 'backend' ? ['--scale', `backend=${backends}`] : []
  await stack.compose('up', '--detach', '--wait', '--no-deps', '--no-recreate', ...scale, service)
}

/** Replaces a container by a new one with another address, while something else has the old one. */
export async function recreate(stack: Stack, service: string) {
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
export async function replaceBackends(stack: Stack) {
  for (const container of await containersOf(stack, 'backend')) {
    await docker('stop', container)
    await docker('rm', container)
    await up(stack, 'backend')
  }
}

export async function loseVolume(stack: Stack) {
  await stack.compose('rm', '--stop', '--force', 'redis')
  await docker('volume', 'rm', `${stack.project}_redis_data`)
  await up(stack, 'redis')
}

/** Starts the stack without Redis, which Compose itself would not do: it is a backend's dependency. */
export async function startWithoutRedis(stack: Stack) {
  const others = await containersOf(stack, 'postgres', 'backend', 'nginx')
  await stack.compose('stop')
  await docker('start', ...others)
  await eventually(() => readCount(stack))
}

/** One backend does not reach these networks for a while: `data` leads to Postgres, `cache` to Redis. */
export function cutOff(...networks: string[]) {
  return async (stack: Stack) => {
    const container = await first(stack, 'backend')
    for (const network of networks)
      await docker('network', 'disconnect', `${stack.project}_${network}`, container)
    await delay(DOWN_MS)
    for (const network of networks)
      await docker('network', 'connect', `${stack.project}_${network}`, container)
  }
}

/** Postgres answers but does not write, as it does when its disk is full or it has become a replica. */
export async function makeReadOnly(stack: Stack) {
  const set = (value: string) =>
    psql(
      stack,
      'set default_transaction_read_only = off',
      `alter system set default_transaction_read_only = ${value}`,
      'select pg_reload_conf()',
    )
  await set('on')
  await delay(DOWN_MS)
  await set('off')
}

/** Somebody's open transaction holds the counter's rows. */
export async function lockRows(stack: Stack) {
  const seconds = DOWN_MS / 1_000
  await psql(stack, `begin; select from visit_counts for update; select pg_sleep(${seconds}); rollback`)
}

/** Everything loses power at once; Compose starts it again in its order. */
export async function killAll(stack: Stack) {
  await docker('kill', ...(await containersOf(stack)))
  await stack.compose('up', '--detach', '--wait', '--no-recreate', '--scale', `backend=${BACKENDS}`)
}

/** A power cut after which Redis has older data than Postgres, and Postgres is the last to start. */
export async function comeBackOlder(stack: Stack) {
  const inVolume = async (command: string) => {
    const volume = `${stack.project}_redis_data:/data`
    await docker(
      'run',
      '--rm',
      '--user',
      '999:1000',
      '--volume',
      volume,
      '--entrypoint',
      'sh',
      'redis:8-alpine',
      '-c',
      command,
    )
  }
  await redisCli(stack, 'bgrewriteaof') // a short file, which can be copied at once
  await inVolume('rm -rf /data/older && cp -a /data/appendonlydir /data/older')
  await delay(DOWN_MS)
  const containers = await containersOf(stack, 'redis', 'postgres', 'backend')
  await docker('kill', ...containers)
  await inVolume('rm -rf /data/appendonlydir && mv /data/older /data/appendonlydir')
  const postgres = await containersOf(stack, '--all', 'postgres')
  await docker('start', ...containers.filter((container) => !postgres.includes(container)))
  await delay(DOWN_MS)
  await docker('start', ...postgres)
}
