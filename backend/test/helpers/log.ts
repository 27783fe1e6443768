import { pino } from 'pino'

interface LogLine {
  level: number
  msg: string
  res?: { statusCode: number }
}

/** A log, and what was written to it. */
export function newLog() {
  const logged: LogLine[] = []
  return {
    log: pino({}, { write: (line) => void logged.push(JSON.parse(line)) }),
    logged,
    /** What it says of the outages of a store, or of both. */
    outages: (store = '') =>
      logged.map(({ msg }) => msg).filter((msg) => msg.startsWith(store) && / is (down|up)/.test(msg)),
  }
}
