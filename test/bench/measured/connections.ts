/**
 * A server in a process of its own: bare, or with a declared route and a durable record for each request. It tells where it
 * listens, and how much CPU and memory it has used whenever it is asked.
 */
import { createServer } from 'node:http'
import { listenerOf } from './listener.ts'

const [, , framework = '', variant = ''] = process.argv
if (variant !== 'bare' && variant !== 'declared') throw new Error(`no variant ${variant}`)
const work = (): Promise<object> => new Promise((resolve) => setImmediate(resolve, { ok: true }))
const server = createServer(await listenerOf(framework, variant, work))
server.listen(0, '127.0.0.1', 2048, () => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  process.send?.({ port: address.port })
})
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpu: user + system, rss: process.memoryUsage.rss() })
})
process.on('disconnect', () => process.exit(0))
