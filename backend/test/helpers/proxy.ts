import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { databaseUrl, redisUrl } from './stores.ts'

type State = 'passing' | 'frozen' | 'cut' | 'refusing'

/** What Postgres answers to somebody whom it refuses. */
export function refusal(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`)
  const header = Buffer.alloc(5)
  header.write('E')
  header.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([header, fields])
}

/** A proxy for each store, and the addresses with which a backend goes through them. */
export async function startProxies() {
  const [redis, postgres] = await Promise.all([startProxy(redisUrl), startProxy(databaseUrl)])
  return { redis, postgres, urls: { redisUrl: redis.url, databaseUrl: postgres.url } }
}

/** Stands between a backend and a store, and makes the store fail as a network or a machine does. */
export async function startProxy(storeUrl: string) {
  const store = new URL(storeUrl)
  const sockets = new Set<Socket>()
  let state: State = 'passing'
  let refusal: Uint8Array = Buffer.alloc(0)

  const server = createServer((client) => {
    if (state === 'cut') return client.resetAndDestroy()
    if (state === 'refusing') return client.on('error', () => {}).once('data', () => client.end(refusal))
    const upstream = connect(Number(store.port), store.hostname)
    join(client, upstream)
    join(upstream, client)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  /** Passes bytes on in one direction; a paused socket keeps them. */
  function join(from: Socket, to: Socket): void {
    sockets.add(from)
    from.on('data', (bytes) => to.write(bytes))
    from.on('error', () => to.destroy())
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
    if (state === 'frozen') from.pause()
  }

  /** One after the other, as a store that shuts down does. */
  async function dropConnections(): Promise<void> {
    for (const socket of sockets) {
      const closed = once(socket, 'close')
      socket.destroy()
      await closed
    }
  }

  onTestFinished(async () => {
    server.close()
    await dropConnections()
  })

  const url = new URL(storeUrl)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    get connected() {
      return sockets.size > 0
    },
    /** Ends every connection, and lets the backend connect again. */
    dropConnections,
    /** Ends every connection, and refuses new ones. */
    cut() {
      state = 'cut'
      return dropConnections()
    },
    /** Ends every connection, and answers new ones with these bytes. */
    refuse(answer: Uint8Array) {
      state = 'refusing'
      refusal = answer
      return dropConnections()
    },
    /** Accepts everything and answers nothing; what is sent until then arrives after `restore`. */
    freeze() {
      state = 'frozen'
      for (const socket of sockets) socket.pause()
    },
    restore() {
      state = 'passing'
      for (const socket of sockets) socket.resume()
    },
  }
}
