import { once } from 'node:events'
import { createClient, ErrorReply, type RedisScripts, defineScript as redisScript } from 'redis'

const CONNECT_TIMEOUT_MS = 1_000
const SOCKET_TIMEOUT_MS = 2_500
const MAX_RECONNECT_WAIT_MS = 500

export type RedisClient<Scripts extends RedisScripts> = ReturnType<typeof createRedisClient<Scripts>>

/**
 * A client with these scripts as commands. It never gives up reconnecting, and rejects a command at once while it has
 * no connection. A command that was sent has no timeout of its own: the circuit breaker adds one.
 */
export function createRedisClient<Scripts extends RedisScripts>(url: string, scripts: Scripts) {
  return createClient({
    url,
    scripts,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      // The longest silence on a connection: someone has to ask more often than that.
      socketTimeout: SOCKET_TIMEOUT_MS,
      reconnectStrategy: (retries) => Math.min(retries * 50, MAX_RECONNECT_WAIT_MS),
    },
    maintNotifications: 'disabled', // for Redis Enterprise only
  })
}

/** A Lua script as a command of a client: its key, then its arguments. */
export function defineScript<Reply>(source: string) {
  return redisScript({
    SCRIPT: source,
    NUMBER_OF_KEYS: 1,
    parseCommand(parser, key: string, ...args: string[]) {
      parser.pushKey(key)
      parser.push(...args)
    },
    transformReply: undefined as unknown as () => Reply,
  })
}

/** Waits until the client is connected; rejects with the reason when it cannot connect. */
export async function connected(client: { isReady: boolean } & NodeJS.EventEmitter): Promise<void> {
  if (!client.isReady) await once(client, 'ready')
}

/** What to do about an error that is a mistake in the configuration and no outage; undefined for any other error. */
export function redisAdvice(error: Error): string | undefined {
  if (!(error instanceof ErrorReply)) return
  if (/^(WRONGPASS|NOAUTH|ERR AUTH)/.test(error.message)) {
    return 'Set REDIS_USER and REDIS_PASSWORD (or REDIS_PASSWORD_FILE, or REDIS_URL) to what Redis was started with.'
  }
  if (/^NOPERM|ACL failure/.test(error.message))
    return 'Allow it to this user of Redis, or correct REDIS_USER.'
}
