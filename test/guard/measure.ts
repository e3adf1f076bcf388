/** What one request makes our code do, beside what it may: measured in processes of their own. */
import type { Framework } from './arrangement.ts'
import { budget } from './budget.ts'
import type { Counted } from './count.ts'
import { run } from './run.ts'
import type { Weighed } from './weigh.ts'

/** Those that hold on this Node. */
export const bounds = budget.filter(({ sinceNode = 0 }) => Number.parseInt(process.versions.node, 10) >= sinceNode)
const forWeighing = '--expose-gc --no-opt --no-maglev --min-semi-space-size=128 --max-semi-space-size=128'.split(' ')

export interface Measured {
  readonly counts: Record<string, number>
  readonly most: readonly string[]
}

/** Without and with a declared route. */
export async function measure(framework: Framework, ...more: string[]): Promise<Measured[]> {
  const counted = await run<Counted[]>('count.ts', [framework, ...more], [])
  const weighed = await run<Weighed[]>('weigh.ts', [framework, ...more], forWeighing)
  return counted.map(({ counts, most }, at) => ({ counts: { ...counts, ...weighed[at] }, most }))
}

export function exceededBy(framework: Framework, measured: readonly Measured[]): string[] {
  return bounds.flatMap(({ what, today, room }) =>
    (['context', 'declared'] as const).flatMap((where, at) => {
      const figure = measured[at]?.counts[what] ?? Number.NaN
      const usual = today[framework][at] ?? 0
      const most = 'more' in room ? usual + room.more : usual * (1 + room.share)
      return figure <= most ? [] : [`${what}, ${where}: ${figure}, at most ${most}, today ${usual}`]
    }),
  )
}

/** With the lines of our sources that are behind the counts that were exceeded, those of the declared route. */
export function explained(framework: Framework, exceeded: readonly string[], measured: readonly Measured[]): string {
  const kinds = new Set(exceeded.map((line) => line.slice(0, line.indexOf(','))))
  const places = measured[1]?.most.filter(
    (place) => kinds.has(place.split(' ')[1] ?? '') || / own property /.test(place),
  )
  const more = `node --conditions=@trailmark/source test/guard/count.ts ${framework} why > /dev/null`
  return [...exceeded, '', ...(places?.slice(0, 80) ?? []), '', `Which line calls what Node gives: ${more}`].join('\n')
}
