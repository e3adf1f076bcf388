/**
 * What requests leave in memory, in a process of its own, over connections in memory.
 *
 *     node --expose-gc memory.ts open|kept|after <framework> <variant> [users]
 *
 * `open`: bytes of heap for each of many idle connections, and then for each of as many requests that nobody has answered yet. `kept`: for each context that the application
 * holds on to when its request is over. `after`: the heap before and after 50,000 requests, the
 * process being warm.
 */
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { currentContext } from '@trailmark/core'
import { MemoryPeer } from '../inside/memory-peer.ts'
import { postNote } from '../post-note.ts'
import { flush, listenerOf, somebodyOf } from './listener.ts'

const [, , question = '', framework = '', variant = 'bare', users = '1000'] = process.argv
if (variant !== 'bare' && variant !== 'line' && variant !== 'declared') throw new Error(`no variant ${variant}`)

const openRequests = 2000
const warmingRequests = 8000
const requestsInAll = 50_000
const peersAtOnce = 16

let work = (): Promise<object> => new Promise((resolve) => setImmediate(resolve, { ok: true }))
/** As a real connection would keep it: the timers of ours keep no process alive. */
setInterval(() => undefined, 1000)
const server = createServer(await listenerOf(framework, variant, () => work()))
const answers: Readonly<Record<string, () => Promise<Record<string, number>>>> = { open, kept, after }
const answer = answers[question]
if (!answer) throw new Error(`no question ${question}`)
process.stdout.write(`${JSON.stringify(await answer())}\n`, () => process.exit(0))

async function open(): Promise<Record<string, number>> {
  await ask(connect(peersAtOnce), warmingRequests)
  const warm = await heapBytes()
  const peers = connect(openRequests)
  await ask(peers, openRequests * 2)
  const before = await heapBytes()
  const release: (() => void)[] = []
  work = () => new Promise((resolve) => release.push(() => resolve({ ok: true })))
  const asked = peers.map((peer, i) => peer.ask(postNote(i % 500, somebodyOf(Number(users)))))
  while (release.length < openRequests) await sleep(5)
  const during = await heapBytes()
  for (const one of release) one()
  await Promise.all(asked)
  // From the warm process on: what an idle connection still held of its last request is not to hide what this one adds.
  return { idle: (before - warm) / openRequests, bytes: (during - warm) / openRequests }
}

async function kept(): Promise<Record<string, number>> {
  const peers = connect(peersAtOnce)
  await ask(peers, warmingRequests)
  const contexts: object[] = new Array(openRequests)
  let count = 0
  const before = await heapBytes()
  work = async () => {
    contexts[count++] = currentContext() ?? {}
    return { ok: true }
  }
  await ask(peers, openRequests)
  return { bytes: ((await heapBytes()) - before) / count }
}

async function after(): Promise<Record<string, number>> {
  const peers = connect(peersAtOnce)
  await ask(peers, warmingRequests)
  const before = await heapBytes()
  await ask(peers, requestsInAll)
  return { before, after: await heapBytes() }
}

function connect(count: number): MemoryPeer[] {
  const peers = Array.from({ length: count }, () => new MemoryPeer())
  for (const peer of peers) server.emit('connection', peer)
  return peers
}

async function ask(peers: readonly MemoryPeer[], requests: number): Promise<void> {
  let left = requests
  const lane = async (peer: MemoryPeer): Promise<void> => {
    while (left > 0) {
      left -= 1
      await peer.ask(postNote(left % 500, somebodyOf(Number(users))))
    }
  }
  await Promise.all(peers.map(lane))
}

/** What is really held: everything queued is written by then, and the collector has run until nothing more goes. */
async function heapBytes(): Promise<number> {
  await sleep(100)
  await flush()
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.()
    await sleep(20)
    least = Math.min(least, process.memoryUsage().heapUsed)
  }
  return least
}
