/**
 * The load of the HTTP benchmark, in a process of its own so that none of its work is counted as a server's. Takes one task
 * at a time from its parent.
 *
 * `closed`: every connection asks again as soon as it is answered. `open`: requests come at random (Poisson) at a given rate,
 * whatever the server does, and latency counts from when a request was due, so that a stall is seen by all who waited.
 */
import { Lane, sockets } from './http-lane.ts'
import { population, prepareRequests, randomFrom } from './http-requests.ts'

export interface ClosedTask {
  readonly kind: 'closed'
  readonly port: number
  /** Ends by time, or after so many requests. */
  readonly until: { readonly ms: number } | { readonly requests: number }
}

export interface OpenTask {
  readonly kind: 'open'
  readonly port: number
  readonly ms: number
  readonly perSecond: number
}

export type Task = ClosedTask | OpenTask

export interface Done {
  readonly requests: number
  readonly seconds: number
  /** Of each request, only of open tasks. */
  readonly latenciesMs: readonly number[]
  /** What the load itself cost. */
  readonly cpuUs: number
}

const requests = prepareRequests(population)
const random = randomFrom(11)
const lanes = new Map<number, Lane[]>()
const next = new Map<number, number>()

process.on('message', (task: Task) => {
  const before = process.cpuUsage()
  const ready = (done: Omit<Done, 'cpuUs'>): void => {
    const used = process.cpuUsage(before)
    process.send?.({ ...done, cpuUs: used.user + used.system })
  }
  if (task.kind === 'closed') runClosed(task, ready)
  else runOpen(task, ready)
})
process.on('disconnect', () => process.exit())

function runClosed({ port, until }: ClosedTask, ready: (done: Omit<Done, 'cpuUs'>) => void): void {
  const own = lanesTo(port, sockets.closed)
  const started = performance.now()
  const end = 'ms' in until ? started + until.ms : Number.POSITIVE_INFINITY
  const most = 'requests' in until ? until.requests : Number.POSITIVE_INFINITY
  let asked = 0
  let answered = 0
  let busy = own.length
  for (const lane of own) {
    const again = (): void => {
      answered += 1
      go()
    }
    const go = (): void => {
      if (asked < most && performance.now() < end) {
        asked += 1
        lane.ask(nextTo(port), again)
      } else if (--busy === 0) {
        ready({ requests: answered, seconds: (performance.now() - started) / 1000, latenciesMs: [] })
      }
    }
    go()
  }
}

function runOpen({ port, ms, perSecond }: OpenTask, ready: (done: Omit<Done, 'cpuUs'>) => void): void {
  const free = [...lanesTo(port, sockets.open)]
  const latenciesMs: number[] = []
  const waiting: number[] = []
  const started = performance.now()
  const pause = (): number => (-Math.log(1 - random()) * 1000) / perSecond
  let due = started + pause()
  let busy = 0
  const go = (lane: Lane, since: number): void => {
    busy += 1
    lane.ask(nextTo(port), () => {
      busy -= 1
      latenciesMs.push(performance.now() - since)
      const longest = waiting.shift()
      if (longest === undefined) free.push(lane)
      else go(lane, longest)
    })
  }
  const tick = (): void => {
    const now = performance.now()
    for (; due <= now && due < started + ms; due += pause()) {
      const lane = free.pop()
      if (lane) go(lane, due)
      else waiting.push(due)
    }
    if (due < started + ms || busy > 0) setImmediate(tick)
    else ready({ requests: latenciesMs.length, seconds: (performance.now() - started) / 1000, latenciesMs })
  }
  tick()
}

function lanesTo(port: number, count: number): Lane[] {
  const own = lanes.get(port) ?? []
  while (own.length < count) own.push(new Lane(port))
  lanes.set(port, own)
  return own.slice(0, count)
}

function nextTo(port: number): Buffer {
  const at = next.get(port) ?? 0
  next.set(port, at + 1)
  return requests[at % requests.length] ?? Buffer.alloc(0)
}
