import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { countInPostgres, eventually, psql, visit } from './client.ts'
import { APP, buildImage, compose, docker, PROD, REPOSITORY, type Stack, startStack } from './compose.ts'
import { type Answer, startLoad } from './load.ts'

const ROUNDS = 5
const ROUND_MS = 4_000
const CLIENTS = 50

/** What one variant did, over all of its rounds. */
interface Result {
  perSecond: number
  p99Ms: number
  /** Visits in Postgres for each one that was answered. */
  kept: number
  /** Statements that Postgres ran for each second of load. */
  statementsPerSecond: number
}

/** Builds a backend image that runs a file of backend/bench/ instead, beside the same nginx. */
async function buildRival(name: string): Promise<string> {
  const tag = `bench-${name}`
  const lines = `COPY . bench\nCMD ["node", "bench/${name}.ts"]`
  await buildImage('backend', tag, lines, join(REPOSITORY, 'backend/bench'))
  await docker('tag', `${APP}-nginx:test`, `${APP}-nginx:${tag}`)
  return tag
}

const start = (tag = 'test') => startStack(PROD, ['--scale', 'backend=1'], { environment: { TAG: tag } })

async function statements(stack: Stack): Promise<number> {
  return Number(await psql(stack, "select xact_commit from pg_stat_database where datname = 'visits'"))
}

/** Puts the variants under load in turn, so that what else the machine does hits all of them alike. */
async function race(stacks: Record<string, Stack>): Promise<Record<string, Result>> {
  const answers: Record<string, Answer[]> = {}
  const before: Record<string, [count: number, statements: number]> = {}
  for (const [name, stack] of Object.entries(stacks)) {
    answers[name] = []
    await eventually(() => visit(stack))
    await delay(1_000) // until it is saved
    before[name] = [await countInPostgres(stack), await statements(stack)]
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, stack] of Object.entries(stacks)) {
      const load = startLoad(stack.url, CLIENTS, 0)
      await delay(ROUND_MS)
      answers[name]?.push(...(await load.stop()))
    }
  }
  await delay(1_000)
  const results: Record<string, Result> = {}
  for (const [name, stack] of Object.entries(stacks)) {
    const counted = (answers[name] ?? []).filter(({ status }) => status === 201)
    const times = counted.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b)
    const [countBefore, statementsBefore] = before[name] ?? [0, 0]
    const seconds = (ROUNDS * ROUND_MS) / 1_000
    results[name] = {
      perSecond: counted.length / seconds,
      p99Ms: times[Math.floor(times.length * 0.99)] ?? 0,
      kept: ((await countInPostgres(stack)) - countBefore) / counted.length,
      statementsPerSecond: ((await statements(stack)) - statementsBefore) / seconds,
    }
  }
  return results
}

/** How long something takes, in seconds. */
async function seconds(action: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await action()
  return (performance.now() - startedAt) / 1_000
}

await compose([...PROD, 'build', '--quiet'])
const tags = { constant: await buildRival('constant'), naive: await buildRival('naive') }
const stacks: Record<string, Stack> = {}
const upSeconds = await seconds(async () => {
  stacks.ours = await start()
})
try {
  stacks.constant = await start(tags.constant)
  stacks.naive = await start(tags.naive)
  stacks.fallback = await start()
  await stacks.fallback.compose('stop', 'redis')
  const { ours, constant, naive, fallback } = (await race(stacks)) as Record<string, Result>
  if (!ours || !constant || !naive || !fallback) throw new Error('A variant has no result.')
  const downSeconds = await seconds(() => (stacks.ours as Stack).compose('stop'))
  const sizes = await docker('image', 'inspect', '-f', '{{.Size}}', `${APP}-backend:test`, 'node:26-alpine')
  const [image = 0, base = 0] = sizes.split('\n').map(Number)

  const ratio = (a: number, b: number) => (a / b).toFixed(2)
  const report = `# Benchmark

Made by \`npm run bench\`: ${CLIENTS} clients through nginx, one backend, ${ROUNDS} rounds of ${ROUND_MS / 1_000} s each, in turn. Only the ratios mean
something on another machine; the clients run on the same one.

| variant | visits a second | p99 | kept | statements a second |
|---|--:|--:|--:|--:|
${Object.entries({
  'this counter': ours,
  'a constant instead': constant,
  'as in tutorials': naive,
  'without Redis': fallback,
})
  .map(([name, { perSecond, p99Ms, kept, statementsPerSecond }]) => {
    const share = name === 'a constant instead' ? '–' : `${(kept * 100).toFixed(1)} %`
    return `| ${name} | ${Math.round(perSecond)} | ${Math.round(p99Ms)} ms | ${share} | ${Math.round(statementsPerSecond)} |`
  })
  .join('\n')}

| budget | measured | at least or at most |
|---|--:|--:|
| throughput against a constant | ${ratio(ours.perSecond, constant.perSecond)} | ≥ 0.9 |
| p99 against a constant | ${ratio(ours.p99Ms, constant.p99Ms)} | ≤ 1.5 |
| throughput against the tutorials' way | ${ratio(ours.perSecond, naive.perSecond)} | ≥ 2 |
| visits kept | ${(ours.kept * 100).toFixed(1)} % | 100 % |
| throughput with Redis stopped, against running | ${ratio(fallback.perSecond, ours.perSecond)} | ≥ 0.8 |
| statements a second and backend | ${ours.statementsPerSecond.toFixed(1)} | < 20 |
| \`up --wait\` on empty volumes | ${upSeconds.toFixed(1)} s | ≤ 10 s |
| \`stop\` | ${downSeconds.toFixed(1)} s | ≤ 3 s |
| backend image above its base | ${((image - base) / 1e6).toFixed(1)} MB | ≤ 25 MB |
`
  console.log(report)
  writeFileSync(join(REPOSITORY, 'docs/benchmark.md'), report)
} finally {
  for (const stack of Object.values(stacks)) await stack.remove()
}
