import { describe, expect, test } from 'vitest'
import { compose, PROD } from './compose.ts'

interface Service {
  deploy: { resources: unknown }
  tmpfs?: string[]
  volumes?: { type: string; source?: string; target: string; tmpfs?: { size: string } }[]
}

// Everything else has to be the same.
const MEANT_TO_DIFFER = {
  attach: 'only `docker compose up` shows logs',
  build: 'Swarm runs images that were built before',
  depends_on: 'Swarm starts all services at once; each one waits for the others',
  ports: 'on Swarm, nginx is on every machine, and on the machine’s own port',
  memswap_limit: 'Swarm does not have it',
  restart: 'Swarm always restarts what stops',
  security_opt: 'Swarm does not have it',
  deploy: 'the limits are compared below; how replicas are spread and updated is Swarm’s own',
  tmpfs: 'Swarm ignores it and mounts a volume of that type: compared below',
  volumes: 'compared below, together with tmpfs',
}

const MB = 1024 * 1024

async function services(files: string[]): Promise<Record<string, Service>> {
  return JSON.parse(await compose([...files, 'config', '--format', 'json'])).services
}

function comparable(service: Service) {
  const rest = Object.entries(service).filter(([key]) => !(key in MEANT_TO_DIFFER))
  const mounts = [
    ...(service.tmpfs ?? []).map((mount) => `tmpfs ${mount.split(':')[0]} ${mount.match(/size=\w+/)}`),
    ...(service.volumes ?? []).map(({ type, source, target, tmpfs }) =>
      [type, source, target, tmpfs && `size=${Number(tmpfs.size) / MB}m`].filter(Boolean).join(' '),
    ),
  ]
  return { ...Object.fromEntries(rest), mounts: mounts.sort(), resources: service.deploy.resources }
}

const onCompose = await services(PROD)
const onSwarm = await services(['-f', 'ops/swarm.yaml'])

describe('ops/swarm.yaml', () => {
  test('has the services of production', () => {
    expect(Object.keys(onSwarm).sort()).toEqual(Object.keys(onCompose).sort())
  })

  test.each(Object.entries(onSwarm))('runs %s as production does', (name, service) => {
    expect(comparable(service)).toEqual(comparable(onCompose[name] as Service))
  })
})
