/** A server over streams in memory, and the one who asks it: all in this process, so the kernel's sockets are not in the figures. */
import { createServer } from 'node:http'
import { prepareRequests } from '../http-requests.ts'
import { listenerOf } from '../servers/listener.ts'
import type { Variant } from '../servers/variant.ts'
import { MemoryPeer } from './memory-peer.ts'

/** CPU in µs for each request. */
export interface Used {
  readonly main: number
  readonly allThreads: number
}

export const requestsPerBlock = 1500
/** Blocks that only warm the process up: V8 needs 20,000 requests. */
export const warmBlocks = 15
const sockets = 16

export class Inside {
  readonly #peers = Array.from({ length: sockets }, () => new MemoryPeer())
  readonly #requests: readonly Buffer[]
  #next = 0

  private constructor(requests: readonly Buffer[]) {
    this.#requests = requests
  }

  static async open(framework: string, variant: Variant, home: string, people = 1000): Promise<Inside> {
    const server = createServer(await listenerOf(framework, variant, home))
    const inside = new Inside(prepareRequests({ requests: 4096, people }))
    for (const peer of inside.#peers) server.emit('connection', peer)
    return inside
  }

  async warm(): Promise<void> {
    for (let block = 0; block < warmBlocks; block++) await this.runBlock()
  }

  async runBlock(): Promise<Used> {
    const main = process.threadCpuUsage()
    const all = process.cpuUsage()
    let left = requestsPerBlock
    await Promise.all(
      this.#peers.map(async (peer) => {
        while (left > 0) {
          left -= 1
          await peer.ask(this.#requests[this.#next++ % this.#requests.length] ?? Buffer.alloc(0))
        }
      }),
    )
    return { main: perRequest(process.threadCpuUsage(main)), allThreads: perRequest(process.cpuUsage(all)) }
  }
}

const perRequest = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / requestsPerBlock
