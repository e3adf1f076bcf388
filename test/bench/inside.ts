/**
 * What does the audit cost inside the process, without the kernel's sockets? Real servers over streams in memory: far less
 * noise than a network, so a change of 1 µs shows.
 *
 *     node --conditions=@trailmark/source test/bench/inside.ts express declared [blocks]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryPeer } from './inside/memory-peer.ts'

const [, , framework = 'express', variant = 'bare', blocks = '50'] = process.argv
const sockets = 16
const requestsPerBlock = 1500
/** Blocks that only warm the process up. */
const warming = 15

const home = mkdtempSync(join(tmpdir(), 'inside-'))
Object.assign(process.env, {
  NODE_ENV: 'production',
  TRAILMARK_DIR: join(home, 'records'),
  TRAILMARK_KEYS_DIR: join(home, 'keys'),
})
const { listener } = (await import(`./inside/${framework}.ts`)) as {
  listener(variant: string, home: string): Promise<RequestListener>
}
const server = createServer(await listener(variant, home))
const users = Number(process.env['USERS'] ?? 1000)
const requests = Array.from({ length: 4096 }, (_, i) => requestOf(i, Math.floor(users ** Math.random())))
const main: number[] = []
const all: number[] = []
let next = 0

const peers = Array.from({ length: sockets }, () => new MemoryPeer())
for (const peer of peers) server.emit('connection', peer)
for (let block = 0; block < Number(blocks) + warming; block++) {
  const mainBefore = process.threadCpuUsage()
  const allBefore = process.cpuUsage()
  await runBlock()
  const mainUsed = process.threadCpuUsage(mainBefore)
  const allUsed = process.cpuUsage(allBefore)
  if (block < warming) continue
  main.push((mainUsed.user + mainUsed.system) / requestsPerBlock)
  all.push((allUsed.user + allUsed.system) / requestsPerBlock)
}
process.stderr.write(`${framework} ${variant}, µs/request: main thread ${show(main)}, all threads ${show(all)}\n`)
rmSync(home, { recursive: true, force: true })
process.exit(0)

async function runBlock(): Promise<void> {
  let left = requestsPerBlock
  await Promise.all(
    peers.map(async (peer) => {
      while (left > 0) {
        left -= 1
        await peer.ask(requests[next++ % requests.length] ?? Buffer.alloc(0))
      }
    }),
  )
}

function requestOf(i: number, user: number): Buffer {
  const body = JSON.stringify({ note: 'x'.repeat(580) })
  const headers = [
    `POST /notes/${i % 500} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    'user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36',
    'accept: */*',
    `x-user: usr_${user.toString(36).padStart(6, '0')}`,
    `content-length: ${body.length}`,
  ]
  return Buffer.from(`${headers.join('\r\n')}\r\n\r\n${body}`)
}

function show(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1)
  return `min ${at(0)} quarter ${at(0.25)} median ${at(0.5)}`
}
