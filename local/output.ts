import type { Store } from './stores.ts'

let held: string[] | undefined = []

/** Prints a line of the backend; before the table, which comes first, it only keeps it. */
export function printLine(line: string): void {
  if (held) held.push(line)
  else console.log(line)
}

/** Prints the lines that were kept, and from now on each at once. */
export function printHeld(): void {
  for (const line of held ?? []) console.log(line)
  held = undefined
}

/** Says what to open, and what runs where. */
export function printTable(app: { page: string; api: string; redis: Store; postgres: Store }): void {
  const rows = [
    ['Page', app.page, 'Vite, passes /api on to the backend'],
    ['Backend', app.api, 'Express'],
    ['Redis', app.redis.url, app.redis.what],
    ['Postgres', app.postgres.url, app.postgres.what],
  ]
  const width = Math.max(...rows.map(([, address = '']) => address.length))
  console.log(`Open ${app.page}\n`)
  for (const [part = '', address = '', what] of rows) {
    console.log(`${part.padEnd(10)}${address.padEnd(width + 2)}${what}`)
  }
  console.log('\nCtrl-C stops it all.')
}
