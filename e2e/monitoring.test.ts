import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { REPOSITORY } from './compose.ts'

const run = promisify(execFile)
const IMAGE = 'prom/prometheus:v3.13.4'

/** Runs Prometheus's own check on files of ops/prometheus/: with the promtool of this machine, or with the image's. */
async function promtool(...args: string[]): Promise<string> {
  const cwd = join(REPOSITORY, 'ops/prometheus')
  const inContainer = [
    'run',
    '--rm',
    '-v',
    `${cwd}:/rules:ro`,
    '-w',
    '/rules',
    '--entrypoint',
    'promtool',
    IMAGE,
  ]
  const here = await run('promtool', ['--version']).then(
    () => true,
    () => false,
  )
  const { stdout } = await (here ? run('promtool', args, { cwd }) : run('docker', [...inContainer, ...args]))
  return stdout
}

test('Prometheus takes the configuration and the rules', async () => {
  expect(await promtool('check', 'config', 'prometheus.yml')).toContain('SUCCESS: 8 rules found')
})

test('each alert fires when it has to, and no other one', async () => {
  expect(await promtool('test', 'rules', 'rules.test.yml')).toContain('SUCCESS')
})
