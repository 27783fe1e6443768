import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compose, DEV, PROD, REPOSITORY, TLS } from './compose.ts'

interface Service {
  healthcheck?: { test: string[]; disable?: boolean }
  container_name?: string
  ports?: { host_ip?: string; published: string }[]
  volumes?: { type: string }[]
}

interface Locked {
  optionalDependencies?: Record<string, string>
}

/** The services of these files; those of every profile, unless another one is given. */
async function services(files: string[], profile = '*'): Promise<Record<string, Service>> {
  const config = await compose([...files, '--profile', profile, 'config', '--format', 'json'])
  return JSON.parse(config).services
}

describe.each([
  ['base', ['-f', 'compose.yaml'], ['backend', 'nginx', 'postgres', 'redis']],
  ['development', DEV, ['adminer', 'backend', 'frontend', 'nginx', 'postgres', 'redis']],
  ['production', PROD, ['backend', 'entry', 'nginx', 'postgres', 'redis']],
])('%s', (_name, files, names) => {
  const entry = names.includes('entry') ? 'entry' : 'nginx'

  test('is a valid configuration with these services', async () => {
    expect(Object.keys(await services(files)).sort()).toEqual(names)
  })

  test('every service has a health check and can be scaled', async () => {
    for (const [name, service] of Object.entries(await services(files))) {
      expect(service.healthcheck?.test, name).toBeDefined()
      expect(service.healthcheck?.disable, name).toBeFalsy()
      expect(service.container_name, name).toBeUndefined()
    }
  })

  test('only the entry is published to other machines', async () => {
    for (const [name, service] of Object.entries(await services(files))) {
      const open = (service.ports ?? []).filter(({ host_ip }) => host_ip !== '127.0.0.1')
      expect(open.length, name).toBe(name === entry ? 1 : 0)
    }
  })
})

test('the Dockerfiles and the Compose files have no finding of the builder’s own lint', async () => {
  for (const files of [DEV, PROD, TLS]) {
    await compose([...files, 'config', '--quiet'], { environment: { TLS_DIR: 'secrets/tls' } })
    await compose([...files, 'build', '--check'], { environment: { TLS_DIR: 'secrets/tls' } })
  }
})

test('production publishes nothing but its entry and mounts no sources', async () => {
  for (const [name, { ports = [], volumes = [] }] of Object.entries(await services(PROD, ''))) {
    expect(ports.length, name).toBe(name === 'entry' ? 1 : 0)
    expect(
      volumes.filter(({ type }) => type === 'bind'),
      name,
    ).toEqual([])
  }
})

test('production does not start without passwords, and says how to make them', async () => {
  const start = compose([...PROD, 'config'], { environment: { SECRETS_DIR: '' } })
  await expect(start).rejects.toThrow(/SECRETS_DIR.*make the passwords first: npm run secrets/)
})

test('.env.example names every variable of the Compose files', () => {
  const example = readFileSync(join(REPOSITORY, '.env.example'), 'utf8')
  const overlays = ['compose.override.yaml', 'compose.prod.yaml', 'ops/tls.yaml', 'ops/monitoring.yaml']
  for (const file of ['compose.yaml', ...overlays]) {
    for (const [, name] of readFileSync(join(REPOSITORY, file), 'utf8').matchAll(/(?<!\$)\$\{(\w+)/g)) {
      expect(example, `${name} of ${file}`).toMatch(new RegExp(`^#${name}=`, 'm'))
    }
  }
})

test('a clone with core.autocrlf=true has no CRLF', () => {
  const clone = mkdtempSync(join(tmpdir(), 'visit-counter-'))
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
