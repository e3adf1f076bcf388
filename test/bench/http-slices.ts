/** Servers of one framework take turns in short slices, so that whatever else the machine does hits all of them alike. */
import { setTimeout as wait } from 'node:timers/promises'
import { Load, Server } from './http-processes.ts'
import { population } from './http-requests.ts'
import { spread } from './median.ts'
import type { Variant } from './servers/variant.ts'

export interface Slice {
  readonly cpuPerRequest: number
  readonly perSecond: number
  readonly delayP99Ms: number
  readonly rssMb: number
  readonly writtenPerRequest: number | undefined
}

/** Quantiles of latency in ms, one for each slice at a given rate. */
export interface Latency {
  readonly p50: number[]
  readonly p99: number[]
  readonly p999: number[]
}

/**
 * At 70 % load: both at the rate where the audited server is busy for 70 % of the time, or each where it is so itself. A server that
 * is busier makes requests wait for each other longer, whatever keeps it busy; the second leaves that out.
 */
export type Offered = 'same' | 'own'

export interface AtRate {
  readonly perSecond: ReadonlyMap<Variant, number>
  readonly latency: ReadonlyMap<Variant, Latency>
}

export interface Compared {
  readonly framework: string
  readonly slices: ReadonlyMap<Variant, readonly Slice[]>
  /** Only where a second phase was asked for. */
  readonly atRates?: Readonly<Record<Offered, AtRate>>
  /** What one request cost the load. */
  readonly loadCpuUs: number
}

export interface Plan {
  readonly framework: string
  readonly variants: readonly Variant[]
  readonly rounds: number
  readonly sliceMs: number
  /** Second phase: these, at 70 % load of the last of them. */
  readonly atRate?: readonly Variant[]
  readonly home: string
}

/**
 * V8 needs 20,000 before the figures stop falling, and everybody among the requests has to be met once. TRAILMARK_BENCH_WARM
 * is for trying the benchmark out.
 */
export const warmRequests = Number(process.env['TRAILMARK_BENCH_WARM'] ?? Math.max(20_000, population.requests))
/** What a server does behind its answers belongs to its slice. */
const settleMs = 15
export const rateRounds = 6
export const rateMs = 1_000
const rateShare = 0.7
const rateSteps = 5

export async function compare(plan: Plan): Promise<Compared> {
  const load = new Load()
  const servers: Server[] = []
  try {
    for (const variant of plan.variants) servers.push(await Server.start(plan.framework, variant, plan.home))
    for (const { port } of servers) await load.run({ kind: 'closed', port, until: { requests: warmRequests } })
    const slices = new Map<Variant, Slice[]>(plan.variants.map((variant) => [variant, []]))
    const loadCpu: number[] = []
    for (let round = 0; round < plan.rounds; round++) {
      for (const server of inTurn(servers, round)) {
        const { slice, loadCpuUs } = await measure(server, load, plan.sliceMs)
        slices.get(server.variant)?.push(slice)
        loadCpu.push(loadCpuUs)
      }
    }
    const compared = { framework: plan.framework, slices, loadCpuUs: spread(loadCpu).median }
    const chosen = servers.filter(({ variant }) => plan.atRate?.includes(variant))
    const last = chosen.at(-1)
    if (last === undefined) return compared
    // What idle servers still do, such as collecting garbage, would be in somebody else's latency.
    await Promise.all(servers.filter((server) => !chosen.includes(server)).map((server) => server.stop()))
    const busy: { readonly server: Server; readonly perSecond: number }[] = []
    for (const server of chosen) {
      const sustained = spread((slices.get(server.variant) ?? []).map((one) => one.perSecond)).median
      busy.push({ server, perSecond: await busyAt(server, load, sustained * rateShare) })
    }
    const perSecond = busy.find(({ server }) => server === last)?.perSecond ?? 0
    const atRates = {
      same: await measureAtRate(
        chosen.map((server) => ({ server, perSecond })),
        load,
      ),
      own: await measureAtRate(busy, load),
    }
    return { ...compared, atRates }
  } finally {
    await Promise.all([load.stop(), ...servers.map((server) => server.stop())])
  }
}

async function measure(server: Server, load: Load, ms: number): Promise<{ slice: Slice; loadCpuUs: number }> {
  await server.begin()
  const { requests, seconds, cpuUs } = await load.run({ kind: 'closed', port: server.port, until: { ms } })
  await wait(settleMs)
  const used = await server.end()
  const slice = {
    cpuPerRequest: used.cpuUs / requests,
    perSecond: requests / seconds,
    delayP99Ms: used.delayP99Ms,
    rssMb: used.rssBytes / 1e6,
    writtenPerRequest: used.writtenBytes === undefined ? undefined : used.writtenBytes / requests,
  }
  return { slice, loadCpuUs: cpuUs / requests }
}

/** Comes closer step by step: the fewer requests there are a second, the more each costs. */
async function busyAt(server: Server, load: Load, first: number): Promise<number> {
  let perSecond = first
  for (let step = 0; step < rateSteps; step++) {
    await server.begin()
    await load.run({ kind: 'open', port: server.port, ms: rateMs, perSecond: Math.round(perSecond) })
    await wait(settleMs)
    const { cpuUs } = await server.end()
    perSecond = Math.min(first, perSecond * (rateShare / (cpuUs / 1000 / (rateMs + settleMs))))
  }
  return Math.round(perSecond)
}

async function measureAtRate(
  asked: readonly { readonly server: Server; readonly perSecond: number }[],
  load: Load,
): Promise<AtRate> {
  const latency = new Map<Variant, Latency>(asked.map(({ server }) => [server.variant, { p50: [], p99: [], p999: [] }]))
  for (let round = 0; round < rateRounds; round++) {
    for (const { server, perSecond } of inTurn(asked, round)) {
      const { latenciesMs } = await load.run({ kind: 'open', port: server.port, ms: rateMs, perSecond })
      const sorted = latenciesMs.toSorted((a, b) => a - b)
      const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
      const own = latency.get(server.variant)
      own?.p50.push(at(0.5))
      own?.p99.push(at(0.99))
      own?.p999.push(at(0.999))
    }
  }
  return { perSecond: new Map(asked.map(({ server, perSecond }) => [server.variant, perSecond])), latency }
}

const inTurn = <T>(all: readonly T[], round: number): readonly T[] => (round % 2 === 0 ? all : all.toReversed())
