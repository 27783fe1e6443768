import { cpus, totalmem } from 'node:os'
import { type Budget, verdict } from './budgets.ts'
import { show, table } from './format.ts'
import type { Step } from './growth.ts'
import { median, perSecond } from './numbers.ts'
import type { Racer, Sample } from './race.ts'
import { type PerService, SERVICES } from './usage.ts'

interface Measured {
  racers: Racer[]
  steps: Step[]
  /** What people wait for, in seconds. */
  waits: [name: string, seconds: number][]
  budgets: Budget[]
}

/** What was measured, as a Markdown page. */
export function report({ racers, steps, waits, budgets }: Measured): string {
  return `# Benchmark

Made by \`npm run bench\`: production's stack with one backend, logs on. \`wrk\` sends requests from 50 clients, straight to
nginx's container, to one variant after the other, in ${racers[0]?.samples.length} rounds; the other variants are frozen. Numbers are medians.

It ran on ${machine()}. The load comes from the same machine, so only ratios and CPU times hold elsewhere.

## Budgets

${table(
  'budget | measured | required',
  budgets.map(({ name, measured, required }) => [name, measured, required]),
)}

${verdict(budgets)}

## Side by side

![Requests a second, for each variant](benchmark-throughput.svg)

- **range**: the slowest and the fastest round. **kept**: visits in Postgres at the end, of those that were answered.
- **CPU**: microseconds for each request. **MB**: memory. Both for ${SERVICES.join(' · ')}.
- **commands**, **statements**: what Redis (in its scripts, too) and Postgres were asked, a second.
- More replicas need more cores. Without, each only has smaller groups of visits for its calls to Redis.

${table(
  'variant | requests/s | range | p50 | p99 | errors | kept | CPU | MB | commands | statements',
  racers.map(row),
)}

## Where the backend's time goes

Of its CPU time for a visit, by \`node --cpu-prof\` (made by hand, on 2026-11-28): 35 % is the kernel's, which writes the answer
to the socket; 16 % garbage collection; 14 % the log; 13 % Express; 11 % Node's HTTP server; 5 % our code; 2 % each the Redis
client and the metrics. A bare server has only the first and the fifth of these, and both are smaller there: it answers
at once, while a visit waits for Redis and is written to disk first.

Against the constant, a visit costs 20 µs more. A third of that is Redis, which takes 0.1 ms to run one script and write it to
disk, for about 16 visits at once. Most of the rest is garbage collection: requests that wait survive more of it.

## How cost grows

![Latency of a visit, for 1 to 2,000 clients](benchmark-latency.svg)

- **refused**: answered 429 or 503. **errors**: connections that failed, and requests without an answer.
- **files**: open in nginx and the backend, connections among them. **connections**: to Postgres. **MB**: nginx and backend.
- **unsaved**: visits that Postgres did not have yet. **recovery**: from the end of the load to the next counted visit.

${table(
  'load | visits/s | p50 | p99 | refused | errors | MB | files | connections | unsaved | recovery',
  steps.map((step) => [
    step.name,
    show(perSecond(step)),
    ...latencies(step),
    show((step.refused / step.requests) * 100, 1, ' %'),
    show(step.broken),
    show(step.megabytes),
    show(step.openFiles),
    show(step.postgresConnections),
    show(step.unsaved),
    show(step.recoveryMs, 0, ' ms'),
  ]),
)}

## What people wait for

With the base images and npm's packages on the machine.

${table(
  'what | time',
  waits.map(([name, seconds]) => [name, show(seconds, 1, ' s')]),
)}
`
}

function row({ variant, samples, kept }: Racer): string[] {
  const of = (value: (sample: Sample) => number) => median(samples.map(value))
  const perService = (value: (sample: Sample) => PerService) =>
    SERVICES.map((service) => show(of((sample) => value(sample)[service]))).join(' · ')
  const rates = samples.map(perSecond)
  return [
    variant.name,
    show(median(rates)),
    `${show(Math.min(...rates))}–${show(Math.max(...rates))}`,
    ...latencies({ p50Ms: of(({ p50Ms }) => p50Ms), p99Ms: of(({ p99Ms }) => p99Ms) }),
    show(samples.reduce((total, { refused, broken }) => total + refused + broken, 0)),
    show(kept * 100, 1, ' %'),
    perService(({ cpu }) => cpu),
    perService(({ megabytes }) => megabytes),
    show(of(({ redisCommands }) => redisCommands)),
    show(of(({ postgresStatements }) => postgresStatements)),
  ]
}

const latencies = ({ p50Ms, p99Ms }: { p50Ms: number; p99Ms: number }) =>
  [p50Ms, p99Ms].map((milliseconds) => show(milliseconds, 1, ' ms'))

function machine(): string {
  const [cpu] = cpus()
  return `${cpus().length} cores (${cpu?.model.trim()}) with ${show(totalmem() / 2 ** 30)} GB`
}
