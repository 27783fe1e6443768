import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../../e2e/client.ts'
import { compose, DEV, docker, type Stack } from '../../e2e/compose.ts'
import { containersOf } from '../../e2e/inspect.ts'
import { DIRECTORY, startExercise, tryVisit } from '../stack.ts'

const STORES = ['postgres', 'redis']
const ALLOWED_PORTS = ['nginx 8080']

interface Container {
  service: string
  environment: string[]
  networks: string[]
}

let stack: Stack
let containers: Container[]

beforeAll(async () => {
  stack = await startExercise()
  containers = JSON.parse(await docker('inspect', ...(await containersOf(stack)))).map(
    ({ Config: config, NetworkSettings: settings }: never) => ({
      service: (config as { Labels: Record<string, string> }).Labels['com.docker.compose.service'],
      environment: (config as { Env: string[] }).Env,
      networks: Object.keys((settings as { Networks: object }).Networks),
    }),
  )
})

afterAll(() => stack?.remove())

const networksOf = (...services: string[]) =>
  containers.filter(({ service }) => services.includes(service)).flatMap(({ networks }) => networks)

/** The ports that other machines can reach, such as `nginx 8080`. */
async function openPorts(files: string[]): Promise<string[]> {
  const { services } = JSON.parse(
    await compose([...files, 'config', '--format', 'json'], { directory: DIRECTORY }),
  )
  return Object.entries(
    services as Record<string, { ports?: { target: number; host_ip?: string }[] }>,
  ).flatMap(([service, { ports = [] }]) =>
    ports.filter((port) => port.host_ip !== '127.0.0.1').map((port) => `${service} ${port.target}`),
  )
}

test('the app still counts, and saves what it has counted', async () => {
  expect(await tryVisit(stack)).toMatchObject({ count: 1 })
  await eventually(async () => {
    const status = await (await fetch(`${stack.url}/api/status`)).json()
    expect(status).toMatchObject({ postgres: { state: 'up' }, visits: { unsaved: 0 } })
  })
})

test('other machines reach only nginx', async () => {
  expect(await openPorts(['-f', 'compose.yaml']), 'open ports').toEqual(ALLOWED_PORTS)
  const inDevelopment = (await openPorts(DEV)).filter((port) => !ALLOWED_PORTS.includes(port))
  expect(inDevelopment, 'open ports in development').toEqual([])
})

test('no password is in the environment of a container', () => {
  const isSecret = /^\w*PASSWORD=|:\/\/[^/]*:[^/]+@/
  const found = containers.flatMap(({ service, environment }) =>
    environment.filter((line) => isSecret.test(line)).map((line) => `${service} ${line.split('=')[0]}`),
  )
  expect(found, 'passwords').toEqual([])
})

test('Postgres lets nobody in without the password', async () => {
  // Not on 127.0.0.1, which the image trusts.
  const command = [
    'psql',
    '--no-password',
    '-h',
    'postgres',
    '-U',
    'postgres',
    '-d',
    'visits',
    '-c',
    'select 1',
  ]
  const answer = await stack.compose('exec', '-T', 'postgres', ...command).catch(String)
  expect(answer, 'a login without a password').toContain('no password supplied')
})

test('nginx shares no network with Postgres or Redis', () => {
  const shared = networksOf('nginx').filter((network) => networksOf(...STORES).includes(network))
  expect(shared, 'shared networks').toEqual([])
})

test('Postgres and Redis have no way out to the internet', async () => {
  for (const network of networksOf(...STORES)) {
    expect(await docker('network', 'inspect', '--format', 'internal: {{.Internal}}', network)).toBe(
      'internal: true',
    )
  }
})
