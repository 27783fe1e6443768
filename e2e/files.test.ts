import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { APP, compose, copyRepository, DEV, OWN_CERTIFICATE, PROD, REPOSITORY, TLS } from './compose.ts'

interface Service {
  build?: object
  image?: string
  healthcheck?: { test: string[]; disable?: boolean }
  container_name?: string
  ports?: { host_ip?: string; published: string }[]
  volumes?: { type: string }[]
}

interface Configuration {
  name: string
  services: Record<string, Service>
  networks: Record<string, { name: string }>
  volumes: Record<string, { name: string }>
}

interface Locked {
  optionalDependencies?: Record<string, string>
}

/** What Compose makes of these files, with the services of every profile. */
async function configuration(files: string[]): Promise<Configuration> {
  return JSON.parse(await compose([...files, '--profile', '*', 'config', '--format', 'json']))
}

describe.each([
  ['base', ['-f', 'compose.yaml'], ['backend', 'nginx', 'postgres', 'redis']],
  ['development', DEV, ['adminer', 'backend', 'frontend', 'nginx', 'openapi', 'postgres', 'redis']],
  ['production', PROD, ['backend', 'nginx', 'postgres', 'redis']],
])('%s', (environment, files, names) => {
  test('has these services, each with a health check, and any of them can be scaled', async () => {
    const { services } = await configuration(files)
    expect(Object.keys(services).sort()).toEqual(names)
    for (const [name, service] of Object.entries(services)) {
      expect(service.healthcheck?.test, name).toBeDefined()
      expect(service.healthcheck?.disable, name).toBeFalsy()
      expect(service.container_name, name).toBeUndefined()
    }
  })

  test('publishes only nginx to other machines, over IPv4, and in development nothing', async () => {
    for (const [name, service] of Object.entries((await configuration(files)).services)) {
      const open = (service.ports ?? []).map(({ host_ip }) => host_ip).filter((ip) => ip !== '127.0.0.1')
      expect(open, name).toEqual(name === 'nginx' && environment !== 'development' ? ['0.0.0.0'] : [])
    }
  })
})

test('development and production share no project, volume, network or built image', async () => {
  // In the folder whose name is the likeliest to clash.
  const folder = ['--project-directory', join(tmpdir(), APP)]
  const names = await Promise.all(
    [DEV, PROD].map(async (files) => {
      const { name, services, networks, volumes } = await configuration([...folder, ...files])
      const images = Object.values(services).filter(({ build }) => build)
      return [
        name,
        ...[networks, volumes].flatMap(Object.values).map((each) => each.name),
        ...images.map(({ image }) => image),
      ]
    }),
  )
  expect(names[0]?.filter((name) => names[1]?.includes(name))).toEqual([])
})

test('the Dockerfiles and the Compose files have no finding of the builder’s own lint', async () => {
  const environment = { DOMAIN: 'example.org', TLS_DIR: 'secrets/tls' }
  for (const files of [DEV, PROD, TLS, OWN_CERTIFICATE]) {
    await compose([...files, 'config', '--quiet'], { environment })
    await compose([...files, 'build', '--check'], { environment })
  }
})

test('production publishes nothing but nginx, not even on this machine, and mounts no sources', async () => {
  for (const [name, { ports = [], volumes = [] }] of Object.entries((await configuration(PROD)).services)) {
    expect(ports.length, name).toBe(name === 'nginx' ? 1 : 0)
    expect(
      volumes.map(({ type }) => type),
      name,
    ).not.toContain('bind')
  }
})

test('production does not start without passwords, and says how to make them', async () => {
  const start = compose([...PROD, 'config'], { environment: { SECRETS_DIR: '' } })
  await expect(start).rejects.toThrow(/SECRETS_DIR.*make the passwords first: npm run secrets/)
})

test('the commands for a new server make a plain `docker compose` mean HTTPS', async () => {
  const page = readFileSync(join(REPOSITORY, 'docs/production.md'), 'utf8')
  const [commands = 'exit 1'] = page.match(/^sh ops\/secrets\.sh\n(.*\n)+?(?=docker compose up)/m) ?? []
  const directory = await copyRepository()
  try {
    const script = `set -e\n${commands}docker compose config --services`
    expect(execFileSync('sh', ['-c', script], { cwd: directory, encoding: 'utf8' })).toContain('certbot\n')
  } finally {
    rmSync(directory, { recursive: true })
  }
})

test('.env.example explains every variable of the Compose files, and no other one', () => {
  const read = (file: string) => readFileSync(join(REPOSITORY, file), 'utf8')
  const overlays = [
    'compose.override.yaml',
    'compose.prod.yaml',
    'ops/tls.yaml',
    'ops/own-certificate.yaml',
    'ops/monitoring.yaml',
  ]
  const used = ['compose.yaml', ...overlays].flatMap((file) =>
    [...read(file).matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name]) => name),
  )
  const explained = [...read('.env.example').matchAll(/^#(\w+)=/gm)].map(([, name]) => name)
  const readByCompose = ['COMPOSE_FILE', 'COMPOSE_PROJECT_NAME']
  const ours = (names: unknown[]) =>
    [...new Set(names)].filter((name) => !readByCompose.includes(String(name))).sort()
  expect(ours(explained)).toEqual(ours(used))
})

test('a clone with core.autocrlf=true has no CRLF', () => {
  const clone = mkdtempSync(join(tmpdir(), `${APP}-`))
  try {
    execFileSync('git', ['clone', '-q', '-c', 'core.autocrlf=true', REPOSITORY, clone])
    const withCrlf = execFileSync('git', ['ls-files', '--eol'], { cwd: clone, encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes('w/crlf') || line.includes('w/mixed'))
    expect(withCrlf).toEqual([])
  } finally {
    rmSync(clone, { recursive: true })
  }
})

test.each(['.', 'backend', 'frontend'])(
  'the lock file of %s has the native packages of every platform: Alpine and Apple, too',
  (folder) => {
    const { packages } = JSON.parse(readFileSync(join(REPOSITORY, folder, 'package-lock.json'), 'utf8'))
    const names = Object.keys(packages)
    for (const [parent, { optionalDependencies = {} }] of Object.entries<Locked>(packages)) {
      for (const name of Object.keys(optionalDependencies)) {
        const found = names.some((each) => each.endsWith(`node_modules/${name}`))
        expect(found, `${name}, which ${parent || folder} names`).toBe(true)
      }
    }
    expect(names.filter((name) => name.includes('musl')).length).toBeGreaterThan(0)
  },
)
