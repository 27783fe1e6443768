import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '../local/ports.ts'
import packageJson from '../package.json' with { type: 'json' }

const run = promisify(execFile)

/** The folder of the Compose files. */
export const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))
/** The app's name, with which the names of its images and projects begin. */
export const APP = packageJson.name
export const DEV = ['-f', 'compose.yaml', '-f', 'compose.override.yaml']
export const PROD = ['-f', 'compose.yaml', '-f', 'compose.prod.yaml']
export const TLS = [...PROD, '-f', 'ops/tls.yaml']
export const OWN_CERTIFICATE = [...TLS, '-f', 'ops/own-certificate.yaml']

// The tests' own values, so that a .env in the folder does not change their outcome.
const ENVIRONMENT = {
  SECRETS_DIR: './secrets/development',
  IMAGE_PREFIX: APP,
  TAG: 'test',
  LOG_LEVEL: 'info',
  WRITE_RATE: '100000r/s',
  WRITE_BURST: '100000',
}

/** A copy of the repository for tests that change files, as a fresh clone would be. */
export async function copyRepository(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), `${APP}-`))
  const leftOut = ['node_modules', 'dist', '.git', '.env', '.local', 'production']
  await cp(REPOSITORY, directory, { recursive: true, filter: (path) => !leftOut.includes(basename(path)) })
  return directory
}

export interface RunOptions {
  directory?: string
  environment?: NodeJS.ProcessEnv
}

/** Runs `docker compose` and returns what it printed; rejects with its error message when it fails. */
export async function compose(args: string[], { directory, environment }: RunOptions = {}): Promise<string> {
  const { stdout } = await run('docker', ['compose', ...args], {
    cwd: directory ?? REPOSITORY,
    env: { ...process.env, ...ENVIRONMENT, ...environment },
    maxBuffer: 64 * 1024 * 1024,
  })
  return stdout
}

/** Runs `docker` and returns what it printed. */
export async function docker(...args: string[]): Promise<string> {
  return (await run('docker', args)).stdout.trim()
}

/** Builds an image like this service's, with these lines added to its Dockerfile; COPY takes from the context. */
export async function buildImage(
  service: string,
  tag: string,
  lines: string,
  context?: string,
): Promise<void> {
  const source = context ? ['--file', '-', context] : ['-']
  const image = `${APP}-${service}`
  const build = spawn('docker', ['build', '--quiet', '--tag', `${image}:${tag}`, ...source])
  build.stdin.end(`FROM ${image}:test\n${lines}\n`)
  const [code] = await once(build, 'close')
  if (code !== 0) throw new Error(`The image ${image}:${tag} could not be built.`)
}

/** Removes everything that a stack left: development's images, too, which are named after the project. */
export async function removeProject(files: string[], options: RunOptions): Promise<void> {
  const { name } = JSON.parse(await compose([...files, 'config', '--format', 'json'], options))
  const images = (await compose([...files, '--profile', '*', 'config', '--images'], options)).split('\n')
  await compose([...files, '--profile', '*', 'down', '--volumes', '--remove-orphans'], options)
  const built = images.filter((image) => image.startsWith(`${name}-`))
  if (built.length > 0) await docker('image', 'rm', '--force', ...built)
}

export type Stack = Awaited<ReturnType<typeof startStack>>

/** Starts the stack under a project name and on ports of its own, and waits until all of it is healthy. */
export async function startStack(files: string[], up: string[] = [], options: RunOptions = {}) {
  const port = await freePort()
  const project = options.environment?.COMPOSE_PROJECT_NAME ?? `${APP}-test-${port}`
  const environment = {
    ...ENVIRONMENT,
    COMPOSE_PROJECT_NAME: project,
    HTTP_PORT: String(port),
    HTTPS_PORT: String(await freePort()),
    POSTGRES_PORT: String(await freePort()),
    ADMINER_PORT: String(await freePort()),
    OPENAPI_PORT: String(await freePort()),
    DEBUG_PORT: String(await freePort()),
    ...options.environment,
  }
  const composeWith = (changed: NodeJS.ProcessEnv, ...args: string[]) =>
    compose([...files, ...args], { ...options, environment: { ...environment, ...changed } })
  const here = (...args: string[]) => composeWith({}, ...args)
  const remove = () => removeProject(files, { ...options, environment })
  try {
    await here('up', '--detach', '--wait', ...up)
  } catch (error) {
    const logs = await here('logs', '--tail', '50')
    await remove()
    throw new Error(`The stack did not start: ${error}\n${logs}`)
  }
  return {
    url: `http://localhost:${port}`,
    project,
    environment,
    /** Runs `docker compose` on this stack. */
    compose: here,
    /** The same with other values for some variables. */
    composeWith,
    /** Stops the stack and removes everything that it left. */
    remove,
  }
}
