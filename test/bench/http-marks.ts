/** What was promised of the cost, beside what was measured: ratios within one run, so they hold on any machine. */
import type { Compared, Offered } from './http-slices.ts'
import { addedRatio, cpu, ratio } from './http-tables.ts'
import { type Spread, show, spread } from './median.ts'

interface Mark {
  readonly what: string
  /** By framework, or one for all. */
  readonly gate: string
  readonly goal: string
  measure(compared: Compared): Spread
}

const marks: readonly Mark[] = [
  {
    what: 'CPU, a record a request ÷ pino-http',
    gate: '≤ 1.00',
    goal: '≤ 0.85',
    measure: ({ slices }) => ratio(slices.get('declared') ?? [], slices.get('logger') ?? [], cpu),
  },
  {
    what: 'CPU, the same ÷ the framework alone',
    gate: '≤ 1.36, 1.60, 1.35',
    goal: '≤ 1.18, 1.30, 1.18',
    measure: ({ slices }) => ratio(slices.get('declared') ?? [], slices.get('bare') ?? [], cpu),
  },
  {
    what: 'added CPU, the same ÷ what the hand-assembled audit adds',
    gate: '≤ 0.30',
    goal: '≤ 0.15',
    measure: ({ slices }) =>
      addedRatio(slices.get('declared') ?? [], slices.get('assembled') ?? [], slices.get('bare') ?? []),
  },
  {
    what: 'requests/s kept of the framework alone',
    gate: '≥ 0.75, 0.65, 0.78',
    goal: '≥ 0.85, 0.77, 0.85',
    measure: ({ slices }) =>
      ratio(slices.get('declared') ?? [], slices.get('bare') ?? [], ({ perSecond }) => perSecond),
  },
  {
    what: 'p99 added at the same rate, where 70 % busy, ms',
    gate: '< 1',
    goal: '',
    measure: (compared) => addedP99(compared, 'same'),
  },
  {
    what: 'p99 more than that of the framework alone, each 70 % busy, ms',
    gate: '',
    goal: '',
    measure: (compared) => addedP99(compared, 'own'),
  },
]

function addedP99({ atRates }: Compared, offered: Offered): Spread {
  const bare = atRates?.[offered].latency.get('bare')?.p99 ?? []
  const own = atRates?.[offered].latency.get('declared')?.p99 ?? []
  return spread(own.map((p99, round) => p99 - (bare[round] ?? Number.NaN)))
}

/** Express, Fastify and Koa, in this order. */
export function marksTable(compared: readonly Compared[]): string {
  const rows = marks.map(({ what, gate, goal, measure }) => {
    const cells = [what, gate, goal, ...compared.map((one) => show(measure(one)))]
    return `| ${cells.join(' | ')} |`
  })
  return `| mark | gate | goal | ${compared.map(({ framework }) => framework).join(' | ')} |
|---|---:|---:|${'---:|'.repeat(compared.length)}
${rows.join('\n')}`
}
