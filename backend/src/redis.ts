import { readFileSync } from 'node:fs'
import { createClient, defineScript } from 'redis'

const PING_EVERY_MS = 1_000
const CONNECT_TIMEOUT_MS = 1_000
const SOCKET_TIMEOUT_MS = 2_500
const MAX_RECONNECT_WAIT_MS = 500

export type RedisClient = ReturnType<typeof createRedisClient>

/**
 * A client with the counter's scripts. It never gives up reconnecting, and rejects a command at once while it
 * has no connection. A command that was sent has no timeout of its own: the circuit breaker adds one.
 */
export function createRedisClient(url: string) {
  return createClient({
    url,
    disableOfflineQueue: true,
    // The socket timeout only counts while nothing is sent: the circuit breaker sends nothing while it is open.
    pingInterval: PING_EVERY_MS,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SOCKET_TIMEOUT_MS,
      reconnectStrategy: (retries) => Math.min(retries * 50, MAX_RECONNECT_WAIT_MS),
    },
    // For Redis Enterprise only.
    maintNotifications: 'disabled',
    scripts: {
      hit: script('hit', (reply: number | null) => reply),
      cut: script(
        'cut',
        (reply: [number: string, visits: string] | null) => reply && { number: reply[0], visits: reply[1] },
      ),
      settle: script('settle', (reply: null) => reply),
    },
  })
}

/** A Lua script of `counter/` as a command of the client: Redis runs each as one atomic step. */
function script<Reply, Result>(name: string, transformReply: (reply: Reply) => Result) {
  return defineScript({
    SCRIPT: readFileSync(new URL(`./counter/${name}.lua`, import.meta.url), 'utf8'),
    NUMBER_OF_KEYS: 1,
    parseCommand(parser, key: string, ...args: string[]) {
      parser.pushKey(key)
      parser.push(...args)
    },
    transformReply: transformReply as () => Result,
  })
}
