/**
 * A MongoDB server for tests: the wire protocol (OP_MSG, and OP_QUERY for the first greeting) on loopback, over collections
 * in memory. What the commands mean is in mongo-store.ts.
 *
 * It calls itself the primary of a replica set, because only those have sessions, transactions and change streams.
 */

import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { BSON, type Document } from 'mongodb'
import { MongoStore } from './mongo-store.ts'

export interface MongoServer {
  /** For `new MongoClient()`: two connections at most, so that requests share them. */
  readonly url: string
  readonly store: MongoStore
  /** Every command that arrived, by name, in order. */
  readonly commands: string[]
  close(): Promise<void>
}

const OP_REPLY = 1
const OP_QUERY = 2004
const OP_MSG = 2013
const headerBytes = 16

export async function startMongoServer(): Promise<MongoServer> {
  const store = new MongoStore()
  const commands: string[] = []
  const sockets = new Set<Socket>()
  let port = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    let unread = Buffer.alloc(0)
    socket.on('data', (bytes) => {
      unread = Buffer.concat([unread, bytes])
      while (unread.length >= headerBytes && unread.length >= unread.readInt32LE(0)) {
        const message = unread.subarray(0, unread.readInt32LE(0))
        unread = unread.subarray(message.length)
        const { command, reply } = read(message)
        const name = Object.keys(command)[0]!
        commands.push(name)
        // Always later: a server never answers in the turn of the question.
        setImmediate(() => socket.writable && socket.write(reply(answer(store, port, name, command))))
      }
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  port = (server.address() as AddressInfo).port
  return {
    url: `mongodb://127.0.0.1:${port}/clinic?replicaSet=rs0&maxPoolSize=2&serverSelectionTimeoutMS=5000`,
    store,
    commands,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => server.close(closed))
    },
  }
}

interface Message {
  readonly command: Document
  reply(document: Document): Buffer
}

function read(message: Buffer): Message {
  const id = message.readInt32LE(4)
  if (message.readInt32LE(12) === OP_QUERY) {
    const name = message.indexOf(0, headerBytes + 4)
    const at = name + 1 + 8
    const command = BSON.deserialize(message.subarray(at, at + message.readInt32LE(at)))
    // Flags, cursor (8), starting from, number of documents.
    const prefix = Buffer.alloc(20)
    prefix.writeInt32LE(8, 0)
    prefix.writeInt32LE(1, 16)
    return { command, reply: (document) => frame(id, OP_REPLY, prefix, document) }
  }
  let command: Document = {}
  const lists: Record<string, Document[]> = {}
  for (let at = headerBytes + 4; at < message.length; ) {
    const kind = message[at++]
    const end = at + message.readInt32LE(at)
    if (kind === 0) command = BSON.deserialize(message.subarray(at, end), { promoteValues: true })
    else {
      const zero = message.indexOf(0, at + 4)
      const list: Document[] = []
      for (let item = zero + 1; item < end; item += message.readInt32LE(item))
        list.push(BSON.deserialize(message.subarray(item, item + message.readInt32LE(item))))
      lists[message.toString('utf8', at + 4, zero)] = list
    }
    at = end
  }
  // The flags and the kind of the one section.
  return { command: { ...command, ...lists }, reply: (document) => frame(id, OP_MSG, Buffer.alloc(5), document) }
}

let ids = 1

function frame(responseTo: number, code: number, prefix: Buffer, document: Document): Buffer {
  const body = BSON.serialize(document)
  const header = Buffer.alloc(headerBytes)
  header.writeInt32LE(headerBytes + prefix.length + body.length, 0)
  header.writeInt32LE(ids++, 4)
  header.writeInt32LE(responseTo, 8)
  header.writeInt32LE(code, 12)
  return Buffer.concat([header, prefix, body])
}

function answer(store: MongoStore, port: number, name: string, command: Document): Document {
  switch (name.toLowerCase()) {
    case 'hello':
    case 'ismaster': {
      const me = `127.0.0.1:${port}`
      return {
        helloOk: true,
        isWritablePrimary: true,
        ismaster: true,
        setName: 'rs0',
        hosts: [me],
        primary: me,
        me,
        setVersion: 1,
        electionId: new BSON.ObjectId('7fffffff0000000000000001'),
        minWireVersion: 0,
        maxWireVersion: 25,
        maxBsonObjectSize: 16_777_216,
        maxMessageSizeBytes: 48_000_000,
        maxWriteBatchSize: 100_000,
        logicalSessionTimeoutMinutes: 30,
        localTime: new Date(),
        ok: 1,
      }
    }
    case 'ping':
    case 'endsessions':
      return { ok: 1 }
    default:
      return store.run(name, command)
  }
}
