/**
 * The service that the W3C's conformance suite for Trace Context drives: `pnpm w3c <express|fastify|koa> <port>`.
 *
 * `POST /test` takes a JSON list of `{ url, arguments }`, sends each `arguments` as JSON to its `url`, in order, and answers
 * once all have answered. The suite looks at the trace headers of those requests.
 *
 *     TRAILMARK_W3C_CLIENT=http|fetch   which client makes them (default fetch)
 *     TRAILMARK_W3C_SDK=1               under the OpenTelemetry SDK; OTEL_* variables work as ever
 */
import { createAudit } from '@trailmark/core'
import { memoryKeys } from '@trailmark/keys'
import { clients } from './clients.ts'
import { listen } from './listen.ts'
import { beginTracing } from './tracing.ts'

const frameworks = ['express', 'fastify', 'koa'] as const

function refuse(message: string): never {
  console.error(`${message}\nusage: pnpm w3c <${frameworks.join('|')}> <port>`)
  process.exit(2)
}

const [name, portText, ...rest] = process.argv.slice(2)
const framework = frameworks.find((one) => one === name) ?? refuse(`no framework ${name ?? 'given'}`)
const port = /^\d{1,5}$/.test(portText ?? '') ? Number(portText) : refuse(`no port ${portText ?? 'given'}`)
if (port > 65_535 || rest.length > 0) refuse('the port goes up to 65535, and nothing follows it')
const client = process.env['TRAILMARK_W3C_CLIENT'] ?? 'fetch'
const send = client === 'http' || client === 'fetch' ? clients[client] : refuse(`no client ${client}`)

const loopback = ['http://127.0.0.1:*', 'http://localhost:*', 'http://[::1]:*']
const audit = createAudit({
  service: 'w3c-trace-context',
  ledger: 'memory',
  keys: memoryKeys(),
  operational: 'none',
  trust: ['127.0.0.0/8', '::1/128'], // the suite is the caller, and its trace headers are to be continued
  outbound: { trace: loopback }, // it listens on a port of its own choice
})

// Before the framework is imported: instrumentations reach only what is loaded after them.
const tracing = process.env['TRAILMARK_W3C_SDK'] === '1' ? await beginTracing(audit) : undefined
const { serve } = await import(`./${framework}.ts`)

const stop = await listen(() => serve({ audit, send }, port), port)
console.log(`${framework} listens on http://127.0.0.1:${port}/test (client ${client}${tracing ? ', SDK' : ''})`)

// A terminal signals the whole group, and pnpm passes the signal on: it may come twice.
let ending = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, async () => {
    if (ending) return
    ending = true
    await stop()
    await tracing?.shutdown()
    await audit.close()
    process.exit(0)
  })
}
