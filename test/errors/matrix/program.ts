/**
 * The failing application as a process of its own. It is given what to serve as JSON, and says `listening <port>`.
 */
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import type { Server } from 'node:http'
import { flushCompileCache } from 'node:module'
import { createAudit } from '@trailmark/core'
import type { Framework, Serve } from './application.ts'
import { isPlace } from './places.ts'
import { representatives } from './representatives.ts'

export interface Order {
  readonly framework: Framework
  readonly audited: boolean
  /** Keys of the errors that will be asked for. */
  readonly errors: readonly string[]
}

const order: Order = JSON.parse(process.argv[2] ?? '{}')

const serve: Record<Framework, () => Promise<Serve>> = {
  'express-5': async () => (await import('./serve-express.ts')).serveExpress5,
  'express-4': async () => (await import('./serve-express.ts')).serveExpress4,
  fastify: async () => (await import('./serve-fastify.ts')).serveFastify,
  'fastify-logger': async () => (await import('./serve-fastify.ts')).serveFastifyLogger,
  koa: async () => (await import('./serve-koa.ts')).serveKoa,
}

const errors = new Map<string, unknown>()
for (const { key, find } of representatives) {
  if (order.errors.includes(key)) errors.set(key, await (await find()).provoke())
}
const audit = order.audited ? createAudit() : undefined
const server: Server = await (await serve[order.framework]())({
  audit,
  wanted(path) {
    const [, place = '', key = ''] = path.replace(/\?.*/, '').split('/')
    return isPlace(place) && errors.has(key) ? { place, error: errors.get(key) } : undefined
  },
})
if (!server.listening) await once(server, 'listening')
// Now, for the processes that start meanwhile, and because this one may die of what it is asked for.
flushCompileCache()
const address = server.address()
writeSync(1, `listening ${typeof address === 'object' ? address?.port : ''}\n`)
