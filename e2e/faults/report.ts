/** What one fault did, as `docs/faults.md` shows it. */
export interface Row {
  fault: string
  answered: number
  counted: number
  inDoubt: number
  /** The statuses of the answers that were not 201; 0 stands for a failed connection. */
  others: number[]
  slowestMs: number
  stepBack: number
  recoveryMs: number
}

const INTRODUCTION = `# What each fault costs

Made by \`npm run faults\`, on real containers: three backends, 50 clients that each post a visit, wait 100 ms for the
next, while one thing happens to one part, and for a while after it.

- **answered**: visits answered with 201. **counted**: by how much the count rose, the same in Redis and in Postgres.
- **in doubt**: visits that Redis had and did not answer in time. Only these, and visits whose answer got lost, may be
  counted although nobody was told so: answered ≤ counted ≤ answered + other answers + in doubt.
- **other answers**: statuses other than 201; 0 is a connection that failed.
- **step back**: by how much a client's number was lower than the one it saw before, at most.
- **recovery**: until all parts were up again, after the end of the fault and of the load.
`

/** The rows as a Markdown page. */
export function report(rows: Row[]): string {
  const head = '| fault | answered | counted | in doubt | other answers | slowest | step back | recovery |'
  const lines = rows.map((row) => {
    const { fault, answered, counted, inDoubt, others, slowestMs, stepBack, recoveryMs } = row
    const recovery = `${(recoveryMs / 1_000).toFixed(1)} s`
    const cells = [
      fault,
      answered,
      counted,
      inDoubt,
      tally(others),
      `${Math.round(slowestMs)} ms`,
      stepBack,
      recovery,
    ]
    return `| ${cells.join(' | ')} |`
  })
  return [INTRODUCTION, head, '|---|--:|--:|--:|---|--:|--:|--:|', ...lines, ''].join('\n')
}

/** `2 × 502, 1 × 0`, or `none`. */
function tally(statuses: number[]): string {
  const counts = new Map<number, number>()
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1)
  return [...counts].map(([status, count]) => `${count} × ${status}`).join(', ') || 'none'
}
