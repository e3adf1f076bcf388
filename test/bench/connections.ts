import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fromSources } from '../process/repository.ts'
import { AskingSocket } from './measured/asking-socket.ts'
import { show, spread } from './median.ts'

/**
 * Does the audit cost more with more clients? The same requests over 1 to 1,000 keep-alive connections, all of them in use, to a
 * bare server and to one that audits, in turns.
 */
const connections = [1, 16, 128, 1000] as const
const variants = ['bare', 'declared'] as const
const rounds = Math.min(Number(process.env['TRAILMARK_BENCH_ROUNDS'] ?? 8), 8)
const sliceMs = 400

interface Served {
  readonly port: number
  readonly child: ChildProcess
}

interface Sample {
  readonly cpu: number
  readonly perSecond: number
  readonly rss: number
}

export async function run(): Promise<{ title: string; markdown: string }> {
  const home = mkdtempSync(join(tmpdir(), 'trailmark-bench-'))
  const served: Served[] = []
  try {
    for (const variant of variants) served.push(await serve(variant, home))
    const rows: string[] = []
    // Warm before anything counts, or the first row pays for all.
    for (const server of served) await measure(server, 16, 3000)
    for (const count of connections) rows.push(await compare(served, count))
    return { title: 'Connections', markdown: page(rows) }
  } finally {
    for (const { child } of served) {
      child.kill('SIGTERM')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    }
    rmSync(home, { recursive: true, force: true })
  }
}

async function compare(served: readonly Served[], count: number): Promise<string> {
  const samples = served.map((): Sample[] => [])
  for (let round = 0; round < rounds; round++)
    for (const [i, server] of served.entries()) samples[i]?.push(await measure(server, count, sliceMs))
  const [bare = [], ours = []] = samples
  const ratios = ours.map((one, round) => one.cpu / (bare[round]?.cpu ?? Number.NaN))
  const added = ours.map((one, round) => one.cpu - (bare[round]?.cpu ?? Number.NaN))
  const cells = [
    `${count}`,
    show(spread(bare.map((one) => one.cpu)), 1),
    show(spread(ours.map((one) => one.cpu)), 1),
    show(spread(added), 1),
    show(spread(ratios)),
    show(spread(ours.map((one, round) => one.perSecond / (bare[round]?.perSecond ?? Number.NaN)))),
    `${(spread(bare.map((one) => one.rss)).median / 1e6).toFixed(0)}`,
    `${(spread(ours.map((one) => one.rss)).median / 1e6).toFixed(0)}`,
  ]
  return `| ${cells.join(' | ')} |`
}

/** Connects anew each time: the other server's connections must not lie idle in this one's slice. */
async function measure(server: Served, count: number, lengthMs: number): Promise<Sample> {
  const sockets = await Promise.all(Array.from({ length: count }, () => AskingSocket.open(server.port)))
  await Promise.all(sockets.map((socket) => socket.ask()))
  const before = await look(server)
  const started = performance.now()
  let requests = 0
  const lane = async (socket: AskingSocket): Promise<void> => {
    while (performance.now() - started < lengthMs) {
      await socket.ask()
      requests += 1
    }
  }
  await Promise.all(sockets.map(lane))
  const seconds = (performance.now() - started) / 1000
  const after = await look(server)
  for (const socket of sockets) socket.close()
  return { cpu: (after.cpu - before.cpu) / requests, perSecond: requests / seconds, rss: after.rss }
}

async function serve(variant: string, home: string): Promise<Served> {
  const file = fileURLToPath(new URL('./measured/connections.ts', import.meta.url))
  const child = fork(file, ['express', variant], {
    execArgv: [fromSources],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      TRAILMARK_DIR: join(home, variant),
      TRAILMARK_KEYS_DIR: join(home, `${variant}-keys`),
    },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  return { port: await told(child, 'port'), child }
}

async function look({ child }: Served): Promise<{ cpu: number; rss: number }> {
  child.send('look')
  const [message]: unknown[] = await once(child, 'message')
  return { cpu: numberIn(message, 'cpu'), rss: numberIn(message, 'rss') }
}

async function told(child: ChildProcess, name: string): Promise<number> {
  const [message]: unknown[] = await once(child, 'message')
  return numberIn(message, name)
}

function numberIn(message: unknown, name: string): number {
  const value: unknown = typeof message === 'object' && message !== null ? Reflect.get(message, name) : undefined
  if (typeof value !== 'number') throw new Error(`the server did not tell its ${name}`)
  return value
}

function page(rows: readonly string[]): string {
  return `Express, one POST of 600 bytes at a time on each connection, ${rounds} slices of ${sliceMs} ms in turns; "audited" is \`auditMiddleware()\` and a declared
route, an access line and a durable record each. CPU is of the server's process; memory is resident, at the end of a slice.

| connections | CPU µs/request, bare | audited | added | audited ÷ bare | requests/s, audited ÷ bare | MB, bare | MB, audited |
|---:|---:|---:|---:|---:|---:|---:|---:|
${rows.join('\n')}`
}
