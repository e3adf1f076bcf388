/** One server of a framework, and what asks it: the same requests in every arrangement, over streams in memory. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { MemoryPeer } from '../bench/inside/memory-peer.ts'
import { postNote } from '../bench/post-note.ts'

export type Framework = 'express' | 'fastify' | 'koa'

/** Sees request and answer; stands for a mistake, or looks at what is there. */
export type Look = (req: IncomingMessage, res: ServerResponse) => void

export interface Arrangement {
  readonly audit: boolean
  readonly declared: boolean
  /** Called before anything else. */
  readonly before?: Look
  /** Called by the handler, inside the request's context. */
  readonly within?: Look
}

export const bare: Arrangement = { audit: false, declared: false }
export const context: Arrangement = { audit: true, declared: false }
export const declared: Arrangement = { audit: true, declared: true }

/** Asks so many requests at once that what happens once per batch stays far below once per request. */
const connections = 32
/** Few people and few notes: after the first requests every cache is warm. */
const people = 40
const notes = 50

/** Longer than anything waits that is done for many requests at once: afterwards what they owe is done. */
const settledMs = 150

/** A running server that can be asked so many times; resolves once all that the requests caused has happened. */
export async function serve(
  framework: Framework,
  arrangement: Arrangement,
): Promise<(requests: number) => Promise<void>> {
  const { listener } = (await import(`./apps/${framework}.ts`)) as {
    listener(arrangement: Arrangement): Promise<RequestListener>
  }
  const server = createServer(await listener(arrangement))
  const peers = Array.from({ length: connections }, () => new MemoryPeer())
  for (const peer of peers) server.emit('connection', peer)
  const requests = Array.from({ length: people * notes }, (_, i) => postNote(i % notes, i % people))
  let next = 0
  return async (times) => {
    let left = times
    await Promise.all(
      peers.map(async (peer) => {
        while (left > 0) {
          left -= 1
          await peer.ask(requests[next++ % requests.length] ?? Buffer.alloc(0))
        }
      }),
    )
    await setTimeout(settledMs)
  }
}
