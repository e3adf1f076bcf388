/**
 * Where the time of a declared request goes: `profiled.ts <framework> <home>`. Tells its parent what a request costs without a
 * profiler, and how a profile of the same work divides it.
 */
import { type Profiler, Session } from 'node:inspector/promises'
import { type Frame, partOf, placeOf } from '../profile-parts.ts'
import { Inside } from './drive.ts'

/** Shares of the time the main thread was busy. */
export interface Profiled {
  /** CPU of the main thread for each request, in µs: the median block, before the profiler was started. */
  readonly mainUs: number
  readonly parts: Readonly<Record<string, number>>
  readonly places: Readonly<Record<string, number>>
}

const blocks = 40
const [, , framework = '', home = ''] = process.argv
const inside = await Inside.open(framework, 'declared', home)
await inside.warm()
const main: number[] = []
for (let block = 0; block < blocks; block++) main.push((await inside.runBlock()).main)

const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.setSamplingInterval', { interval: 100 })
await session.post('Profiler.start')
for (let block = 0; block < blocks; block++) await inside.runBlock()
const { profile } = await session.post('Profiler.stop')
process.send?.({ mainUs: main.toSorted((a, b) => a - b)[blocks / 2] ?? 0, ...divide(profile) } satisfies Profiled)
process.on('disconnect', () => process.exit())

function divide({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Pick<Profiled, 'parts' | 'places'> {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parent = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id])))
  const self = new Map<number, number>()
  samples.forEach((id, i) => {
    self.set(id, (self.get(id) ?? 0) + (timeDeltas[i] ?? 0))
  })
  const parts: Record<string, number> = {}
  const places: Record<string, number> = {}
  let busy = 0
  for (const [id, time] of self) {
    const stack: Frame[] = []
    for (let at: number | undefined = id; at !== undefined; at = parent.get(at)) {
      const frame = byId.get(at)?.callFrame
      if (frame) stack.push(frame)
    }
    if (stack[0]?.functionName === '(idle)') continue
    busy += time
    const part = partOf(stack)
    parts[part] = (parts[part] ?? 0) + time
    const place = placeOf(stack)
    if (place !== undefined) places[place] = (places[place] ?? 0) + time
  }
  const share = (times: Record<string, number>): Record<string, number> =>
    Object.fromEntries(Object.entries(times).map(([name, time]) => [name, time / busy]))
  return { parts: share(parts), places: share(places) }
}
