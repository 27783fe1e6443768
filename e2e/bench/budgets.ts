import { show } from './format.ts'
import { median, perSecond } from './numbers.ts'
import type { Racer, Sample } from './race.ts'
import type { Key } from './variants.ts'

/** What is measured once, and not in rounds. */
export interface Once {
  upSeconds: number
  downSeconds: number
  imageMegabytes: number
  pageKilobytes: number
}

export interface Budget {
  name: string
  measured: string
  required: string
  met: boolean
}

/** What has to be reached, and what was measured. */
export function budgets(racers: Record<Key, Racer>, once: Once): Budget[] {
  const { counter, constant, bare, naive, withoutRedis } = racers
  const statements = median(counter.samples.map(({ postgresStatements }) => postgresStatements))
  return [
    atLeast(0.95, 'throughput, against a constant in the same app', ratio(counter, constant, perSecond)),
    atMost(1.3, 'p99, against a constant in the same app', ratio(counter, constant, p99)),
    atLeast(0.8, 'throughput, against a bare Node server', ratio(counter, bare, perSecond)),
    atLeast(3, 'throughput, against the tutorials’ way', ratio(counter, naive, perSecond)),
    atLeast(100, 'visits kept', counter.kept * 100, ' %'),
    atLeast(0.8, 'throughput with Redis stopped, against running', ratio(withoutRedis, counter, perSecond)),
    atMost(20, 'statements in Postgres', statements, '/s'),
    atMost(10, '`up --wait` with images built, on empty volumes', once.upSeconds, ' s'),
    atMost(3, '`down`', once.downSeconds, ' s'),
    atMost(20, 'the whole page, compressed', once.pageKilobytes, ' kB'),
    atMost(25, 'the backend’s image above its base', once.imageMegabytes, ' MB'),
  ]
}

/** What is missed, in words. */
export function verdict(budgets: Budget[]): string {
  const missed = budgets.filter(({ met }) => !met)
  if (missed.length === 0) return 'All are met.'
  const list = missed.map(
    ({ name, measured, required }) => `- **${name}** is ${measured}, required is ${required}.`,
  )
  return `Missed:\n\n${list.join('\n')}`
}

const p99 = ({ p99Ms }: Sample) => p99Ms

/** The median over the rounds: what the machine does besides hits both variants of a round alike. */
function ratio(a: Racer, b: Racer, value: (sample: Sample) => number): number {
  return median(a.samples.map((sample, round) => value(sample) / value(b.samples[round] as Sample)))
}

const atLeast = (limit: number, name: string, measured: number, unit?: string) =>
  budget(name, measured, '≥', limit, measured >= limit, unit)

const atMost = (limit: number, name: string, measured: number, unit?: string) =>
  budget(name, measured, '≤', limit, measured <= limit, unit)

/** Without a unit, it is a ratio. */
function budget(
  name: string,
  measured: number,
  sign: string,
  limit: number,
  met: boolean,
  unit = '',
): Budget {
  return { name, measured: show(measured, unit ? 1 : 2, unit), required: `${sign} ${limit}${unit}`, met }
}
