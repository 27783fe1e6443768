import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../local/ports.ts'
import { eventually, readCount, visit } from './client.ts'
import { APP, buildImage, docker, REPOSITORY } from './compose.ts'
import { startLoad } from './load.ts'
import { withoutLoss } from './release.ts'

const NAME = `${APP}-test`
const PASSWORDS = ['postgres_password', 'postgres_owner_password', 'redis_password']

// How often a client asks while nginx is updated, and how long it may be away.
const PAUSE_MS = 10
const NGINX_LIMIT_MS = 5_000

const stack = { url: '' }
const service = (name: string) => `${NAME}_${name}`

// A machine that is part of a Swarm already is left alone.
const inSwarm = (await docker('info', '--format', '{{.Swarm.LocalNodeState}}')) !== 'inactive'

beforeAll(async () => {
  if (inSwarm) throw new Error('This engine is part of a Swarm already: the test would change it.')
  const port = await freePort()
  stack.url = `http://localhost:${port}`
  await docker('swarm', 'init', '--advertise-addr', '127.0.0.1')
  const node = await docker('info', '--format', '{{.Swarm.NodeID}}')
  await docker('node', 'update', '--label-add', 'data=true', node)
  for (const name of PASSWORDS) {
    await docker('secret', 'create', name, `${REPOSITORY}/secrets/development/${name}`)
  }
  // As docs/swarm.md says.
  const args = ['--compose-file', 'ops/swarm.yaml', '--resolve-image', 'never', '--detach=true']
  const variables = { TAG: 'test', WRITE_RATE: '100000r/s', WRITE_BURST: '100000', HTTP_PORT: String(port) }
  await promisify(execFile)('docker', ['stack', 'deploy', ...args, NAME], {
    cwd: REPOSITORY,
    env: { ...process.env, ...variables },
  })
  await eventually(() => visit(stack), 60_000)
})

afterAll(async () => {
  if (inSwarm) return
  // Swarm refuses to remove a network while one of the tasks is still ending.
  await eventually(() => docker('stack', 'rm', NAME), 60_000)
  await eventually(async () => {
    expect(
      await docker('ps', '--all', '--quiet', '--filter', `label=com.docker.stack.namespace=${NAME}`),
    ).toBe('')
  }, 30_000)
  await docker('volume', 'rm', '--force', service('postgres_data'), service('redis_data'))
  await docker('swarm', 'leave', '--force')
})

/** Waits until this many different backends answer. */
async function backendsAnswer(number: number): Promise<void> {
  await eventually(async () => {
    const visits = await Promise.all(Array.from({ length: 4 * number }, () => visit(stack)))
    expect(new Set(visits.map(({ servedByHost }) => servedByHost)).size).toBe(number)
  }, 60_000)
}

/** Waits until Swarm has watched the last new container for long enough. */
async function updateEnds(name: string, state: string): Promise<void> {
  const format = '{{.UpdateStatus.State}}'
  await eventually(async () => {
    expect(await docker('service', 'inspect', '--format', format, service(name))).toBe(state)
  }, 120_000)
}

/** Replaces a service's image, and waits until every container runs the new one. */
async function update(name: string): Promise<void> {
  await docker('service', 'update', '--image', `${APP}-${name}:test-2`, service(name))
  await updateEnds(name, 'completed')
}

async function rollBack(name: string): Promise<void> {
  await docker('service', 'rollback', service(name))
  await updateEnds(name, 'rollback_completed')
}

const imageOf = (name: string) =>
  docker('service', 'inspect', '--format', '{{.Spec.TaskTemplate.ContainerSpec.Image}}', service(name))

test('counts, and scales to four backends', async () => {
  expect(await visit(stack)).toMatchObject({ source: 'redis' })
  await docker('service', 'scale', `${service('backend')}=4`)
  await backendsAnswer(4)
}, 120_000)

test('a backend that is killed is replaced', async () => {
  const killed = (await docker('ps', '--quiet', '--filter', `name=${service('backend')}`)).split(
    '\n',
  )[0] as string
  await docker('kill', killed)
  await backendsAnswer(4)
  expect(await docker('ps', '--quiet', '--filter', `name=${service('backend')}`)).not.toContain(killed)
}, 120_000)

test('the backend is updated and rolled back under load without a failed request', async () => {
  await docker('service', 'scale', `${service('backend')}=2`)
  await buildImage('backend', 'test-2', 'LABEL release=2')
  await withoutLoss(stack, () => update('backend'))
  expect(await imageOf('backend')).toBe(`${APP}-backend:test-2`)
  await withoutLoss(stack, () => rollBack('backend'))
  expect(await imageOf('backend')).toBe(`${APP}-backend:test`)
}, 300_000)

test('an update of nginx costs a moment, and no counted visit', async () => {
  await buildImage('nginx', 'test-2', 'LABEL release=2')
  const { count } = await readCount(stack)
  const load = startLoad(stack.url, 1, PAUSE_MS)
  await update('nginx').finally(load.stop)
  expect(await imageOf('nginx')).toBe(`${APP}-nginx:test-2`)
  const failed = load.answers.filter(({ status }) => status !== 201)
  const awayMs = failed.reduce((sum, { milliseconds }) => sum + milliseconds + PAUSE_MS, 0)
  console.log(
    `An update of nginx on Swarm: ${failed.length} failed requests of one client in ${Math.round(awayMs)} ms.`,
  )
  expect(awayMs).toBeLessThan(NGINX_LIMIT_MS)
  expect((await readCount(stack)).count - count).toBeGreaterThanOrEqual(load.answers.length - failed.length)
}, 120_000)
