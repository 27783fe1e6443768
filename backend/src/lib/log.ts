import { type Logger, pino } from 'pino'

/** A log to standard output: short lines for people in development, JSON everywhere else. */
export function createLog(level: string, forPeople: boolean): Logger {
  const options = { ignore: 'pid,hostname,req,res,responseTime', translateTime: 'SYS:HH:MM:ss' }
  if (forPeople) return pino({ level, transport: { target: 'pino-pretty', options } })
  return pino({ level, timestamp: pino.stdTimeFunctions.isoTime })
}
