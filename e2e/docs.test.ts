import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { type Step, stepsOf } from '../docs/test/steps.ts'
import { freePort } from '../local/ports.ts'
import { linkModules } from '../local/test/npm-start.ts'
import { APP, copyRepository, DEV, docker, PROD, REPOSITORY, removeProject } from './compose.ts'

const MONITORING = [...PROD, '-f', 'ops/monitoring.yaml']
const PORTS = {
  HTTP_PORT: 8080,
  ADMINER_PORT: 8081,
  OPENAPI_PORT: 8082,
  PROMETHEUS_PORT: 9090,
  POSTGRES_PORT: 5433,
  DEBUG_PORT: 9229,
}
const PAGE_LIMIT_MS = 240_000
const PAGES = ['.', 'docs']
  .flatMap((folder) => readdirSync(join(REPOSITORY, folder)).map((name) => join(folder, name)))
  .filter((page) => page.endsWith('.md') && stepsOf(readFileSync(join(REPOSITORY, page), 'utf8')).length > 0)

// What runs in the background gets a Ctrl-C as soon as it has printed something and the app answers. If it ends before,
// the page fails. Docker's command line misses one Ctrl-C in a few hundred: then it is pressed again, as people do.
const PRELUDE = `
set -e
exec 2>&1
log=$(mktemp)
trap 'cat "$log"; [ -z "$job" ] || kill -INT -- "-$job"; exit 1' TERM
trap 'rm "$log"' EXIT
background() {
  set -m; bash -c "$1" > "$log" & job=$!; set +m
  until [ -s "$log" ] && curl -sf -X POST "localhost:$HTTP_PORT/api/visits"; do
    kill -0 "$job" || { cat "$log"; exit 1; }
    sleep 0.2
  done
  for _ in 1 2 3; do
    kill -INT -- "-$job"
    for _ in $(seq 100); do kill -0 "$job" 2> /dev/null || break 2; sleep 0.2; done
  done
  wait "$job" || true
  cat "$log"
  job=
}
`

const skipped: string[] = []
afterAll(() => console.log(['Commands that are not run:', ...skipped].join('\n')))

test.each(PAGES)(
  '%s: its commands work, and print what it says',
  async (page) => {
    const { directory, environment } = await cloneRepository()
    const text = await readFile(join(directory, page), 'utf8')
    const steps = stepsOf(withPorts(text, environment))
    for (const { command, skip } of steps) {
      if (skip) skipped.push(`${page}: ${command.replace(/\n.*/s, ' …')}: ${skip}`)
    }
    const run = steps.filter(({ skip }) => !skip)
    await runInOneShell(run, directory, environment)
  },
  PAGE_LIMIT_MS,
)

/**
 * A fresh clone with the names of a user's projects and volumes, but for what keeps them apart from those of this
 * machine: the ports, the folder's name, and the beginning of production's name and images.
 */
async function cloneRepository() {
  const directory = await copyRepository()
  await linkModules(directory)
  const environment: Record<string, string> = {}
  for (const name of Object.keys(PORTS)) environment[name] = String(await freePort())
  const prefix = `${APP}-test-${environment.HTTP_PORT}`
  Object.assign(environment, { IMAGE_PREFIX: prefix, NO_COLOR: '1' })
  const file = join(directory, 'compose.prod.yaml')
  await writeFile(file, (await readFile(file, 'utf8')).replace(`name: ${APP}`, `name: ${prefix}`))
  onTestFinished(async () => {
    for (const files of [DEV, MONITORING]) await removeProject(files, { directory, environment })
    const images = await docker('image', 'ls', '--quiet', '--filter', `reference=${prefix}-*`)
    if (images) await docker('image', 'rm', '--force', ...new Set(images.split('\n')))
    await rm(directory, { recursive: true })
  })
  return { directory, environment }
}

/** A page with this run's ports in place of the usual ones, and without the installation of what is installed. */
function withPorts(page: string, environment: Record<string, string>): string {
  return Object.entries(PORTS).reduce(
    (text, [name, port]) => text.replaceAll(`localhost:${port}`, `localhost:${environment[name]}`),
    page.replaceAll('npm ci && ', ''),
  )
}

/** Runs commands one after the other; throws at the first that fails, or that prints something else. */
async function runInOneShell(steps: Step[], cwd: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const commands = steps.map(({ command, background }, index) => {
    const quoted = `'${command.replaceAll("'", "'\\''")}'`
    return `echo; echo ::${index}\n${background ? `background ${quoted}` : command}`
  })
  const shell = spawn('bash', ['-c', [PRELUDE, ...commands].join('\n')], {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true, // a process group of its own, to end all of it
  })
  let output = ''
  shell.stdout.on('data', (data) => (output += data))
  const limit = setTimeout(() => process.kill(-(shell.pid as number)), PAGE_LIMIT_MS - 20_000)
  const [code] = await once(shell, 'close')
  clearTimeout(limit)
  const outputs = output.split(/^::\d+$/m).slice(1)
  for (const [index, { command, prints }] of steps.entries()) {
    const printed = outputs[index] ?? ''
    expect(index < outputs.length - 1 || code === 0, `${command} failed:${printed}`).toBe(true)
    for (const text of prints) expect(printed, command).toMatch(patternOf(text))
  }
}

/** Matches a text in which … stands for anything, with any space between words. */
function patternOf(text: string): RegExp {
  const parts = text.split('…').map((part) => part.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(parts.join('.*').replaceAll(/\s+/g, '\\s+'))
}
