import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../local/ports.ts'
import { eventually } from './client.ts'
import { compose, PROD, type Stack, startStack } from './compose.ts'

const MONITORING = [...PROD, '-f', 'ops/monitoring.yaml']
const REPLICAS = 3
// The alert waits for a minute, and two scrapes and an evaluation pass before and after it.
const ALERT_LIMIT_MS = 90_000

let stack: Stack
let prometheus: string

beforeAll(async () => {
  await compose([...MONITORING, 'pull', '--policy', 'missing', 'prometheus']).catch((error) => {
    throw new Error(`Prometheus's image is not on this machine and cannot be pulled: ${error.stderr}`)
  })
  const port = await freePort()
  prometheus = `http://127.0.0.1:${port}`
  stack = await startStack(MONITORING, ['--scale', `backend=${REPLICAS}`], {
    environment: { PROMETHEUS_PORT: String(port) },
  })
})

afterAll(() => stack?.remove())

/** Runs promtool from Prometheus's image, with the files that are mounted into the service. */
function promtool(...args: string[]): Promise<string> {
  return stack.compose('run', '--rm', '--no-deps', '--entrypoint', 'promtool', 'prometheus', ...args)
}

/** The value of a query that has a single one. */
async function query(expression: string): Promise<number> {
  const response = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`)
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } }
  return Number(data.result[0]?.value[1])
}

test('the configuration is valid, and each alert fires when it should and at no other time', async () => {
  expect(await promtool('check', 'config', '/etc/prometheus/prometheus.yml')).toContain('SUCCESS')
  expect(await promtool('test', 'rules', '/etc/prometheus/rules.test.yml')).toContain('SUCCESS')
})

test('Prometheus finds all replicas', async () => {
  await eventually(async () => expect(await query('count(up{job="backend"} == 1)')).toBe(REPLICAS), 30_000)
})

test('it alerts on a stopped Postgres, and on nothing else', async () => {
  await stack.compose('stop', 'postgres')
  const firing = 'count(ALERTS{alertname="PostgresDown", alertstate="firing"})'
  await eventually(async () => expect(await query(firing)).toBe(REPLICAS), ALERT_LIMIT_MS, 1_000)
  expect(await query('count(ALERTS{alertstate="firing"})')).toBe(REPLICAS)
}, 120_000)
