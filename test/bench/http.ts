import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { show, spread } from './median.ts'

/**
 * What does the audit cost a server, in CPU per request and in requests a second?
 *
 * Four servers per framework run side by side and take turns of a quarter of a second: bare, with the access logger people
 * already run, with one line of ours, and with a declared route besides (an access line and a durable audit record each).
 * Servers count their own CPU; the load comes from this process, so that only one core of the two is the server's.
 */
const frameworks = ['express', 'fastify', 'koa'] as const
const variants = ['bare', 'logger', 'trailmark', 'declared'] as const
type Variant = (typeof variants)[number]

const rounds = Number(process.env['TRAILMARK_BENCH_ROUNDS'] ?? 24)
const sliceMs = 250
const sockets = 16
const body = JSON.stringify({ note: 'x'.repeat(580) })

interface Server {
  readonly variant: Variant
  readonly port: number
  readonly child: ChildProcess
  readonly agent: Agent
}

interface Slice {
  readonly cpuPerRequest: number
  readonly perSecond: number
}

export async function run(): Promise<{ title: string; markdown: string }> {
  const rows: string[] = []
  for (const framework of frameworks) rows.push(...(await compare(framework)))
  const markdown = `One POST with a 600-byte JSON body, ${sockets} keep-alive sockets, ${rounds} interleaved slices of ${sliceMs} ms. \`logger\` is pino-http
(Fastify: its own pino), writing to a file; \`trailmark\` is \`auditMiddleware()\` alone (ids, context, access line); \`declared\`
adds one durable \`data_read\` record per request. Ratios are taken within each round.

| framework | variant | CPU µs/request | CPU ÷ bare | CPU ÷ logger | requests/s ÷ bare |
|---|---|---:|---:|---:|---:|
${rows.join('\n')}`
  return { title: 'CPU per request', markdown: markdown.replace('data_read', 'data_access') }
}

async function compare(framework: string): Promise<string[]> {
  const home = mkdtempSync(join(tmpdir(), 'trailmark-bench-'))
  const servers: Server[] = []
  try {
    for (const variant of variants) servers.push(await startServer(framework, variant, home))
    const slices = new Map<Variant, Slice[]>(variants.map((variant) => [variant, []]))
    for (const server of servers) await slice(server, 1000)
    for (let round = 0; round < rounds; round++) {
      const turn = round % 2 === 0 ? servers : [...servers].reverse()
      for (const server of turn) slices.get(server.variant)?.push(await slice(server, sliceMs))
    }
    return variants.map((variant) => row(framework, variant, slices))
  } finally {
    for (const server of servers) {
      server.agent.destroy()
      server.child.kill('SIGTERM')
      if (server.child.exitCode === null) await once(server.child, 'exit')
    }
    rmSync(home, { recursive: true, force: true })
  }
}

function row(framework: string, variant: Variant, slices: ReadonlyMap<Variant, readonly Slice[]>): string {
  const own = slices.get(variant) ?? []
  const ratio = (other: Variant, pick: (one: Slice) => number): string => {
    const base = slices.get(other) ?? []
    return show(spread(own.map((one, round) => pick(one) / pick(base[round] ?? one))))
  }
  const cells = [
    framework,
    variant,
    show(spread(own.map((one) => one.cpuPerRequest)), 1),
    ratio('bare', (one) => one.cpuPerRequest),
    ratio('logger', (one) => one.cpuPerRequest),
    ratio('bare', (one) => one.perSecond),
  ]
  return `| ${cells.join(' | ')} |`
}

async function startServer(framework: string, variant: Variant, home: string): Promise<Server> {
  const file = fileURLToPath(new URL(`./servers/${framework}.ts`, import.meta.url))
  const child = fork(file, [variant, join(home, variant)], {
    execArgv: ['--conditions=@trailmark/source'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      TRAILMARK_DIR: join(home, variant),
      TRAILMARK_KEYS_DIR: join(home, `${variant}-keys`),
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const [message] = (await once(child, 'message')) as [{ port: number }]
  return { variant, port: message.port, child, agent: new Agent({ keepAlive: true, maxSockets: sockets }) }
}

async function slice(server: Server, lengthMs: number): Promise<Slice> {
  const before = await cpuOf(server)
  const started = performance.now()
  let requests = 0
  const lane = async (): Promise<void> => {
    while (performance.now() - started < lengthMs) {
      await post(server)
      requests += 1
    }
  }
  await Promise.all(Array.from({ length: sockets }, lane))
  const seconds = (performance.now() - started) / 1000
  const after = await cpuOf(server)
  return { cpuPerRequest: (after - before) / requests, perSecond: requests / seconds }
}

async function cpuOf(server: Server): Promise<number> {
  server.child.send('cpu')
  const [message] = (await once(server.child, 'message')) as [{ cpu: number }]
  return message.cpu
}

function post(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const sent = request({
      port: server.port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/notes/7',
      agent: server.agent,
      headers,
    })
    sent.on('response', (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`the server answered ${answer.statusCode}`))
      answer.resume().on('end', resolve)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
