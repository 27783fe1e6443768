import { show } from './format.ts'
import { CLIENTS, type Step } from './growth.ts'
import { median, perSecond } from './numbers.ts'
import type { Racer } from './race.ts'

interface Line {
  label: string
  points: { x: number; y: number }[]
}

const WIDTH = 720
const LEFT = 220
const RIGHT = WIDTH - 80
const BAR = 18
const ROW = 26
const PLOT = { left: 84, right: WIDTH - 60, top: 50, bottom: 300 }

// In the colours that the reader's system prefers.
const STYLE = `
  svg { --paper: #fff; --ink: #1f2328; --grid: #d1d9e0; --first: #0969da; --second: #bc4c00; }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #0d1117; --ink: #f0f6fc; --grid: #3d444d; --first: #4493f8; --second: #f0883e; }
  }
  text { font: 13px system-ui, sans-serif; fill: var(--ink) }
  .paper { fill: var(--paper) }
  .end { text-anchor: end }
  .middle { text-anchor: middle }
  .grid { stroke: var(--grid) }
  rect.first { fill: var(--first) }
  polyline { fill: none; stroke-width: 2 }
  polyline.first { stroke: var(--first) }
  polyline.second { stroke: var(--second) }`

/** The variants side by side. */
export function throughputChart(racers: Racer[]): string {
  const bars = racers.map(({ variant, samples }) => ({
    label: variant.name.replaceAll('`', ''),
    value: median(samples.map(perSecond)),
  }))
  return barChart('Requests a second', bars)
}

/** How long a visit takes the more clients there are. */
export function latencyChart(steps: Step[]): string {
  const rising = steps.slice(0, CLIENTS.length)
  const line = (label: string, ms: 'p50Ms' | 'p99Ms') => ({
    label,
    points: rising.map((step) => ({ x: step.clients, y: step[ms] })),
  })
  return lineChart('Time to count a visit', [line('p50', 'p50Ms'), line('p99', 'p99Ms')], 'clients')
}

/** A bar for each value, with its number. */
function barChart(title: string, bars: { label: string; value: number }[]): string {
  const scale = (RIGHT - LEFT) / Math.max(...bars.map(({ value }) => value))
  const rows = bars.map(({ label, value }, index) => {
    const y = 50 + index * ROW
    const width = value * scale
    return `<text class="end" x="${LEFT - 10}" y="${y + 14}">${label}</text>
<rect class="first" x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR}"/>
<text x="${(LEFT + width + 8).toFixed(1)}" y="${y + 14}">${show(value)}</text>`
  })
  return svg(title, 60 + bars.length * ROW, rows)
}

/** Two lines on logarithmic axes; each has its label at its end. */
function lineChart(title: string, lines: [Line, Line], xLabel: string): string {
  const points = lines.flatMap((line) => line.points)
  const x = logScale(
    points.map((point) => point.x),
    PLOT.left,
    PLOT.right,
  )
  const y = logScale(
    points.map((point) => point.y),
    PLOT.bottom,
    PLOT.top,
  )
  const parts = [
    ...x.ticks.map(
      (tick) => `<text class="middle" x="${x.at(tick)}" y="${PLOT.bottom + 20}">${show(tick)}</text>`,
    ),
    ...y.ticks.map(
      (
        tick,
      ) => `<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y.at(tick)}" y2="${y.at(tick)}"/>
<text class="end" x="${PLOT.left - 8}" y="${y.at(tick) + 4}">${show(tick, tick < 1 ? 1 : 0)} ms</text>`,
    ),
    ...lines.map((line, index) => {
      const path = line.points.map((point) => `${x.at(point.x)},${y.at(point.y)}`).join(' ')
      const last = line.points.at(-1) ?? { x: 1, y: 1 }
      return `<polyline class="${index === 0 ? 'first' : 'second'}" points="${path}"/>
<text x="${x.at(last.x) + 8}" y="${y.at(last.y) + 4}">${line.label}</text>`
    }),
    `<text class="middle" x="${(PLOT.left + PLOT.right) / 2}" y="${PLOT.bottom + 42}">${xLabel}</text>`,
  ]
  return svg(title, PLOT.bottom + 60, parts)
}

/** Maps values onto pixels, from the power of ten below the least of them to the one above the greatest. */
function logScale(values: number[], from: number, to: number) {
  const low = Math.floor(Math.log10(Math.min(...values)))
  const high = Math.ceil(Math.log10(Math.max(...values)))
  return {
    at: (value: number) => Math.round(from + ((Math.log10(value) - low) / (high - low)) * (to - from)),
    ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
  }
}

function svg(title: string, height: number, parts: string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">
<title>${title}</title>
<style>${STYLE}
</style>
<rect class="paper" width="${WIDTH}" height="${height}"/>
<text x="20" y="26">${title}</text>
${parts.join('\n')}
</svg>
`
}
