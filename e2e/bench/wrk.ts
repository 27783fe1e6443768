import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { docker, REPOSITORY, type Stack } from '../compose.ts'

const run = promisify(execFile)
const SCRIPT = join(REPOSITORY, 'e2e/bench/report.lua')

/** What wrk measured. */
export interface Load {
  requests: number
  seconds: number
  p50Ms: number
  p99Ms: number
  /** Answers with a status of 400 or more. */
  refused: number
  /** Connections that failed, and requests without an answer within 2 s. */
  broken: number
}

/** Whether it is installed. It fails also when it shows its version: it has no option that does only that. */
export function hasWrk(): Promise<boolean> {
  return run('wrk', ['-v']).then(
    () => true,
    (error) => error.code !== 'ENOENT',
  )
}

/** The address of nginx's container: the published port would measure Docker's proxy, too. */
export async function addressOf({ project }: Stack): Promise<string> {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}'
  return `http://${await docker('inspect', '--format', format, `${project}-nginx-1`)}:8080`
}

/** Puts an address under load: each client sends one request after the other, all of them alike. */
export async function load(
  url: string,
  { method = 'POST', clients = 50, seconds }: { method?: string; clients?: number; seconds: number },
): Promise<Load> {
  const options = ['--threads', '1', '--connections', `${clients}`, '--duration', `${seconds}s`]
  const { stdout } = await run('wrk', [...options, '--script', SCRIPT, url, '--', method])
  return JSON.parse(stdout.slice(stdout.indexOf('{"requests"')))
}
