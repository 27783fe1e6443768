import pg from 'pg'
import { ClientOfflineError, ErrorReply } from 'redis'
import { NotSentError } from '../lib/circuit-breaker.ts'

/** A store was asked to count and did not answer: it may have counted. */
export class OutcomeUnknownError extends Error {}

/** What `call` returns; rejects with an OutcomeUnknownError unless the store was not asked or refused. */
export async function withKnownOutcome<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    const notCounted = [NotSentError, ClientOfflineError, ErrorReply, pg.DatabaseError]
    if (notCounted.some((type) => error instanceof type)) throw error
    throw new OutcomeUnknownError((error as Error).message, { cause: error })
  }
}
