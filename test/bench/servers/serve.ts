/**
 * One server of a comparison, in a process of its own: `serve.ts <framework> <variant> <home>`. Says where it listens, and at
 * the end of each slice what it has used since its beginning.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { listenerOf } from './listener.ts'
import { isVariant } from './variant.ts'

/** What a server has used between `begin` and `end`. */
export interface Usage {
  /** User and system, all threads. */
  readonly cpuUs: number
  readonly delayP99Ms: number
  readonly rssBytes: number
  /** What the kernel was given to write to disk; undefined where it does not tell. */
  readonly writtenBytes: number | undefined
}

export type Told = { readonly port: number } | { readonly usage: Usage } | 'began'
export type Asked = 'begin' | 'end'

const [, , framework = '', variant, home = ''] = process.argv
if (!isVariant(variant)) throw new Error(`no variant ${variant}`)
const server = createServer(await listenerOf(framework, variant, home))
server.keepAliveTimeout = 0 // While others have their turn, nobody is cut off.
server.listen(0, '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }))

const resolutionMs = 1
const delay = monitorEventLoopDelay({ resolution: resolutionMs })
let cpu = process.cpuUsage()
let written = readWritten()
process.on('message', (asked: Asked) => {
  if (asked === 'begin') {
    delay.enable()
    written = readWritten()
    cpu = process.cpuUsage()
    tell('began')
    return
  }
  const used = process.cpuUsage(cpu)
  const now = readWritten()
  delay.disable()
  tell({
    usage: {
      cpuUs: used.user + used.system,
      delayP99Ms: Math.max(0, delay.percentile(99) / 1e6 - resolutionMs),
      rssBytes: process.memoryUsage.rss(),
      writtenBytes: now === undefined || written === undefined ? undefined : now - written,
    },
  })
})
process.on('disconnect', () => process.exit())

function tell(what: Told): void {
  process.send?.(what)
}

function readWritten(): number | undefined {
  try {
    const bytes = /^write_bytes: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]
    return bytes === undefined ? undefined : Number(bytes)
  } catch {
    return undefined
  }
}
