import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { APP, compose, docker, PROD, REPOSITORY, type Stack } from '../compose.ts'
import { budgets } from './budgets.ts'
import { latencyChart, throughputChart } from './charts.ts'
import { grow } from './growth.ts'
import { time } from './numbers.ts'
import { countKept, type Racer, race } from './race.ts'
import { report } from './report.ts'
import { freeze, type Key, stackOf, startVariant, thaw, VARIANTS, type Variant } from './variants.ts'
import { waits } from './waits.ts'
import { hasWrk } from './wrk.ts'

/** How much larger the backend's image is than the one that it is built on. */
async function imageMegabytes(): Promise<number> {
  const images = [`${APP}-backend:test`, 'node:26-alpine']
  const sizes = await docker('image', 'inspect', '--format', '{{.Size}}', ...images)
  const [image = NaN, base = NaN] = sizes.split('\n').map(Number)
  return (image - base) / 1e6
}

/** Everything that a browser may load. */
async function pageKilobytes({ project }: Stack): Promise<number> {
  const command = 'find /usr/share/nginx/html -name "*.gz" -exec cat {} + | wc -c'
  return Number(await docker('exec', `${project}-nginx-1`, 'sh', '-c', command)) / 1e3
}

/** A stack for each variant, frozen until its turn; and how long the first one took to start, with nothing beside it. */
async function startRacers(stacks: Map<string, Stack>): Promise<[Record<Key, Racer>, number]> {
  const racers: [Key, Racer][] = []
  let upSeconds = NaN
  for (const [key, variant] of Object.entries<Variant>(VARIANTS) as [Key, Variant][]) {
    const name = stackOf(variant)
    let stack = stacks.get(name)
    if (!stack) {
      const startedAt = performance.now()
      stack = await startVariant(variant)
      upSeconds ||= (performance.now() - startedAt) / 1_000
      stacks.set(name, stack)
      await freeze(stack)
    }
    racers.push([key, { variant, stack, samples: [], answered: 0, kept: NaN }])
  }
  return [Object.fromEntries(racers) as Record<Key, Racer>, upSeconds]
}

/** Everything that is measured, as the files of docs/. */
async function measure(stacks: Map<string, Stack>): Promise<Record<string, string>> {
  const [racers, upSeconds] = await startRacers(stacks)
  const all = Object.values(racers)
  await race(all)
  for (const racer of all.filter(({ variant }) => variant.counts !== false)) await countKept(racer)
  const { stack } = racers.counter
  await thaw(stack)
  const steps = await grow(stack)
  const once = {
    upSeconds,
    imageMegabytes: await imageMegabytes(),
    pageKilobytes: await pageKilobytes(stack),
    downSeconds: await time(() => stack.compose('down')),
  }
  return {
    'benchmark.md': report({ racers: all, steps, waits: await waits(), budgets: budgets(racers, once) }),
    'benchmark-throughput.svg': throughputChart(all),
    'benchmark-latency.svg': latencyChart(steps),
  }
}

if (!(await hasWrk())) {
  console.error('wrk is missing. Install it: apt-get install wrk, or brew install wrk.')
  process.exit(1)
}
// Ctrl-C ends the command that runs, and so the benchmark; what it has started is removed first.
process.on('SIGINT', () => {})
console.log('Building the images, and starting a stack for each variant…')
await compose([...PROD, 'build', '--quiet'])
const stacks = new Map<string, Stack>()
try {
  const files = await measure(stacks)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(REPOSITORY, 'docs', name), text)
  console.log(files['benchmark.md'])
} finally {
  for (const stack of stacks.values()) {
    await thaw(stack).catch(() => {}) // a frozen process does not notice that it has to end
    await stack.remove()
  }
}
