/** What one fault did, as `docs/faults.md` shows it. */
export interface Row {
  fault: string
  answered: number
  counted: number
  inDoubt: number
  /** The statuses of the answers that were not 201; 0 stands for a failed connection. */
  others: number[]
  slowestMs: number
  /** The slowest answer before the fault: what a busy machine adds. */
  noiseMs: number
  stepBack: number
  recoveryMs: number
}

const INTRODUCTION = `# What each fault costs

Made by \`npm run faults\`, on real containers: three backends, 50 clients that each post a visit, wait 100 ms for the
next, before, while and after one thing happens to one component.

- **answered**: visits answered with 201. **counted**: by how much the count rose, the same in Redis and in Postgres.
- **in doubt**: visits that Redis had and did not answer in time, so that Postgres counted them, too.
- **other answers**: statuses other than 201. 503: not counted. 504, and 0, a connection that failed: may be counted. So
  answered ≤ counted ≤ answered + 504 + 0 + in doubt, unless Redis loses data.
- **slowest**: the slowest answer. **noise**: the same before the fault, with nothing wrong; each limit allows for it.
- **step back**: by how much a client's number was lower than the one it saw before, at most.
- **recovery**: until all components were up again, after the end of the fault and of the load.
`

/** The rows as a Markdown page. */
export function report(rows: Row[]): string {
  const head =
    '| fault | answered | counted | in doubt | other answers | slowest | noise | step back | recovery |'
  const lines = rows.map((row) => {
    const { fault, answered, counted, inDoubt, others, slowestMs, noiseMs, stepBack, recoveryMs } = row
    const recovery = `${(recoveryMs / 1_000).toFixed(1)} s`
    const cells = [
      fault,
      answered,
      counted,
      inDoubt,
      tally(others),
      `${Math.round(slowestMs)} ms`,
      `${Math.round(noiseMs)} ms`,
      stepBack,
      recovery,
    ]
    return `| ${cells.join(' | ')} |`
  })
  return [INTRODUCTION, head, '|---|--:|--:|--:|---|--:|--:|--:|--:|', ...lines, ''].join('\n')
}

/** `2 × 502, 1 × 0`, or `none`. */
function tally(statuses: number[]): string {
  const counts = new Map<number, number>()
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1)
  return [...counts].map(([status, count]) => `${count} × ${status}`).join(', ') || 'none'
}
