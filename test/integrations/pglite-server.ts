/**
 * PostgreSQL on loopback for clients that need a server: PGlite behind a socket, for the real driver and its pool.
 *
 * PGlite is one session, so connections take turns: whoever is answered `idle` lets the next one in, and whoever has begun a
 * transaction keeps it until that has ended.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { PGlite } from '@electric-sql/pglite'

export interface PgliteServer {
  readonly port: number
  /** For `new Pool()` and everything that takes its options. */
  readonly connection: { host: string; port: number; user: string; database: string; password: string; ssl: false }
  readonly database: PGlite
  close(): Promise<void>
}

const sslRequest = 80_877_103
const cancelRequest = 80_877_102
const IDLE = 'I'.charCodeAt(0)
const READY = 'Z'.charCodeAt(0)
const SYNC = 'S'.charCodeAt(0)
const QUERY = 'Q'.charCodeAt(0)
const TERMINATE = 'X'.charCodeAt(0)

export async function startPgliteServer(): Promise<PgliteServer> {
  const database = await PGlite.create()
  const sockets = new Set<Socket>()
  let before: Promise<void> = Promise.resolve()
  const server = createServer((socket) => {
    sockets.add(socket)
    let started = false
    let unread = Buffer.alloc(0)
    let batch: Buffer[] = []
    let leave: (() => void) | undefined
    let work: Promise<void> = Promise.resolve()
    const enter = async (): Promise<void> => {
      if (leave !== undefined) return
      const { promise, resolve } = Promise.withResolvers<void>()
      const mine = before
      before = promise
      await mine
      leave = resolve
    }
    const run = async (messages: Buffer): Promise<void> => {
      await enter()
      const answer = await database.execProtocolRaw(messages)
      if (!socket.destroyed) socket.write(answer)
      // The last thing of every answer says whether a transaction is open.
      const open = answer.at(-6) === READY && answer.at(-1) !== IDLE
      if (open && !socket.destroyed) return
      if (open) await database.exec('rollback')
      leave?.()
      leave = undefined
    }
    const later = (messages: Buffer): void => {
      work = work.then(() => run(messages)).catch(() => void socket.destroy())
    }
    socket.on('data', (bytes) => {
      unread = Buffer.concat([unread, bytes])
      for (;;) {
        const at = started ? 1 : 0
        if (unread.length < at + 4 || unread.length < at + unread.readInt32BE(at)) return
        const message = unread.subarray(0, at + unread.readInt32BE(at))
        unread = unread.subarray(message.length)
        if (!started) {
          const code = message.readInt32BE(4)
          if (code === sslRequest) socket.write('N')
          else if (code === cancelRequest) socket.end()
          else {
            started = true
            socket.write(greeting)
          }
          continue
        }
        if (message[0] === TERMINATE) return void socket.end()
        batch.push(message)
        if (message[0] !== SYNC && message[0] !== QUERY) continue
        later(Buffer.concat(batch))
        batch = []
      }
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      sockets.delete(socket)
      work = work.then(async () => {
        if (leave === undefined) return
        await database.exec('rollback')
        leave()
        leave = undefined
      })
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    port,
    database,
    connection: { host: '127.0.0.1', port, user: 'postgres', database: 'postgres', password: 'none', ssl: false },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => server.close(closed))
      await database.close()
    },
  }
}

/** No password, the parameters that drivers look at, a key for cancelling, and ready. */
const greeting = Buffer.concat([
  packet('R', Buffer.alloc(4)),
  ...Object.entries({
    server_version: '17.0',
    client_encoding: 'UTF8',
    standard_conforming_strings: 'on',
    DateStyle: 'ISO',
  }).map(([name, value]) => packet('S', Buffer.from(`${name}\0${value}\0`))),
  packet('K', Buffer.alloc(8)),
  packet('Z', Buffer.from('I')),
])

function packet(kind: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(kind)
  head.writeInt32BE(4 + body.length, 1)
  return Buffer.concat([head, body])
}
