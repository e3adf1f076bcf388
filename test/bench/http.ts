import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { repository } from '../process/repository.ts'
import { barChart } from './chart.ts'
import { sockets } from './http-lane.ts'
import { marksTable } from './http-marks.ts'
import { pinned } from './http-processes.ts'
import { population } from './http-requests.ts'
import { type Compared, compare, rateMs, rateRounds, warmRequests } from './http-slices.ts'
import { addedTable, cpu, latencyTable, mainTable } from './http-tables.ts'
import { spread } from './median.ts'
import { type Variant, variants } from './servers/variant.ts'

/**
 * What does the audit cost a server, in CPU per request, in requests a second and in latency, beside what people run instead?
 *
 * All servers of one framework are alive at once and take turns. TRAILMARK_BENCH_ROUNDS says how often; TRAILMARK_BENCH_HTTP
 * names the frameworks, when not all are asked for.
 */
const all = Object.keys(variants) as Variant[]
const few: readonly Variant[] = ['bare', 'logger', 'trailmark', 'declared']
const frameworks: Record<string, { readonly title: string; readonly variants: readonly Variant[] }> = {
  express: { title: 'Express 5', variants: all },
  fastify: { title: 'Fastify', variants: all },
  koa: { title: 'Koa', variants: all },
  'express-4': { title: 'Express 4', variants: few },
  nestjs: { title: 'NestJS, on Express', variants: few },
  hono: { title: 'Hono', variants: few },
}
const rounds = Number(process.env['TRAILMARK_BENCH_ROUNDS'] ?? 20)
const asked = process.env['TRAILMARK_BENCH_HTTP']?.split(',') ?? Object.keys(frameworks)
const sliceMs = 200

export async function run(): Promise<{ title: string; markdown: string }> {
  const home = mkdtempSync(join(tmpdir(), 'trailmark-bench-'))
  const compared: Compared[] = []
  try {
    for (const [framework, { variants }] of Object.entries(frameworks)) {
      if (!asked.includes(framework)) continue
      const whole = variants.length > few.length
      process.stderr.write(`bench: http, ${framework}\n`)
      const plan = { framework, variants, rounds: whole ? rounds : Math.ceil(rounds * 0.6), sliceMs, home }
      compared.push(await compare(whole ? { ...plan, atRate: ['bare', 'declared'] } : plan))
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
  const named = compared.map((one) => ({ ...one, framework: frameworks[one.framework]?.title ?? one.framework }))
  const full = named.filter(({ slices }) => slices.has('assembled'))
  writeFileSync(join(repository, 'docs/benchmarks-cpu.svg'), chartOf(named))
  return { title: 'CPU per request', markdown: page(named, full) }
}

function page(compared: readonly Compared[], full: readonly Compared[]): string {
  const loadUs = spread(compared.map((one) => one.loadCpuUs)).median.toFixed(0)
  const cores = pinned
    ? 'servers on the first core, the load on the second'
    : 'servers and load wherever the system put them'
  return `One POST with a 600-byte JSON body, one hop of asynchronous work; ${sockets.closed} keep-alive sockets, interleaved slices of ${sliceMs} ms, ${rounds} for each server (${Math.ceil(rounds * 0.6)} of Express 4, NestJS
and Hono), after ${warmRequests.toLocaleString('en')} requests to warm it. ${population.requests.toLocaleString('en')} prepared requests whose actors are drawn by Zipf from ${population.people.toLocaleString('en')} people, all met while warming. The load is a process
of its own (raw sockets, ${loadUs} µs a request); ${cores}. CPU is user and system time of all threads of the server. Each
server's stdout is a file; pino-http writes to it synchronously, its default. On Fastify its own logger, which is pino, stands
for pino-http. The code of each: [test/bench/servers](../test/bench/servers).

![CPU per request](benchmarks-cpu.svg)

${compared.map(mainTable).join('\n\n')}

### The marks

${marksTable(full)}

Where a mark is missed: [what the time is spent on](profile.md), and [why it is more over sockets](scaling.md#why-a-record-costs-more-than-an-access-line).

### What is added to the framework

${addedTable(full, ['trailmark', 'declared'])}

The hand-assembled audit is a context library, pino with \`redact\` and a file of records chained by SHA-256, written in blocks,
never synced: [its code](../test/bench/servers/assembled.ts).

### Latency at 70 % load

Requests come at random (Poisson) over ${sockets.open} sockets, ${rateRounds} times ${rateMs / 1000} s to each server in turn; latency counts from when a request was due.
First both are asked at the rate where the audited server's core is 70 % busy, then each where it is so itself: a busier server lets
requests wait for each other longer, whatever keeps it busy.

${latencyTable(full)}`
}

const kinds: Partial<Record<Variant, 'base' | 'other' | 'ours'>> = { bare: 'base', trailmark: 'ours', declared: 'ours' }

function chartOf(compared: readonly Compared[]): string {
  return barChart({
    title: 'CPU per request, µs (median of slices)',
    groups: compared.map(({ framework, slices }) => ({
      title: framework,
      bars: [...slices].map(([variant, own]) => {
        const { median, low, high } = spread(own.map(cpu))
        const kind = variant.startsWith('declared') ? 'ours' : (kinds[variant] ?? 'other')
        return { label: variants[variant], value: median, low, high, kind }
      }),
    })),
  })
}
