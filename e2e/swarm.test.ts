import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../local/ports.ts'
import { eventually, visit } from './client.ts'
import { buildImage, docker, REPOSITORY } from './compose.ts'
import { withoutLoss } from './release.ts'

const NAME = 'visit-counter-test'
const PASSWORDS = ['postgres_password', 'redis_password']

const stack = { url: '' }
const service = (name: string) => `${NAME}_${name}`

/** Deploys the stack as docs/swarm.md does, with this tag. */
async function deploy(tag: string): Promise<void> {
  const { port } = new URL(stack.url)
  const variables = { ENTRY_TAG: 'test', WRITE_RATE: '100000r/s', WRITE_BURST: '100000' }
  await promisify(execFile)(
    'docker',
    [
      'stack',
      'deploy',
      '--compose-file',
      'ops/swarm.yaml',
      '--resolve-image',
      'never',
      '--detach=true',
      NAME,
    ],
    {
      cwd: REPOSITORY,
      env: { ...process.env, ...variables, IMAGE_PREFIX: 'visit-counter', TAG: tag, HTTP_PORT: port },
    },
  )
}

// A machine that is part of a Swarm already is left alone.
const inSwarm = (await docker('info', '--format', '{{.Swarm.LocalNodeState}}')) !== 'inactive'

beforeAll(async () => {
  if (inSwarm) throw new Error('This engine is part of a Swarm already: the test would change it.')
  stack.url = `http://localhost:${await freePort()}`
  await docker('swarm', 'init', '--advertise-addr', '127.0.0.1')
  const node = await docker('info', '--format', '{{.Swarm.NodeID}}')
  await docker('node', 'update', '--label-add', 'data=true', node)
  for (const name of PASSWORDS) {
    await docker('secret', 'create', name, `${REPOSITORY}/secrets/development/${name}`)
  }
  await deploy('test')
  await eventually(() => visit(stack), 60_000)
})

afterAll(async () => {
  if (inSwarm) return
  await docker('stack', 'rm', NAME)
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

test.each(['backend', 'nginx'])(
  'a new image of %s replaces all under load without a failed request, and so does the way back',
  async (name) => {
    await buildImage(name, 'test-2', 'LABEL release=2')
    await withoutLoss(stack, async () => {
      await docker('service', 'update', '--image', `visit-counter-${name}:test-2`, service(name))
      await updateEnds(name, 'completed')
    })
    expect(await imageOf(name)).toBe(`visit-counter-${name}:test-2`)
    await withoutLoss(stack, async () => {
      await docker('service', 'rollback', service(name))
      await updateEnds(name, 'rollback_completed')
    })
    expect(await imageOf(name)).toBe(`visit-counter-${name}:test`)
  },
  300_000,
)
