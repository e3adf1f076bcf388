/** What was compared, as Markdown. Ratios are taken within each round. */
import type { Compared, Slice } from './http-slices.ts'
import { type Spread, show, spread } from './median.ts'
import { type Variant, variants } from './servers/variant.ts'

/** How `own` stands to `other`, round by round. */
export function ratio(own: readonly Slice[], other: readonly Slice[], pick: (one: Slice) => number): Spread {
  return spread(own.map((one, round) => pick(one) / pick(other[round] ?? one)))
}

export const cpu = (one: Slice): number => one.cpuPerRequest

export function mainTable({ framework, slices }: Compared): string {
  const of = (variant: Variant): readonly Slice[] => slices.get(variant) ?? []
  const rows = [...slices].map(([variant, own]) => {
    const written = own.map((one) => one.writtenPerRequest).filter((one) => one !== undefined)
    const cells = [
      variants[variant],
      show(spread(own.map(cpu)), 1),
      show(ratio(own, of('bare'), cpu)),
      show(ratio(own, of('logger'), cpu)),
      percent(ratio(own, of('bare'), (one) => one.perSecond)),
      spread(own.map((one) => one.delayP99Ms)).median.toFixed(1),
      spread(own.map((one) => one.rssMb)).median.toFixed(0),
      written.length === 0 ? 'unknown' : mean(written).toFixed(0),
    ]
    return `| ${cells.join(' | ')} |`
  })
  return `### ${framework}

| what runs | CPU µs/request | ÷ bare | ÷ pino-http | requests/s kept | loop delay p99, ms | RSS, MB | bytes written/request |
|---|---:|---:|---:|---:|---:|---:|---:|
${rows.join('\n')}`
}

/** What ours adds beside what others add, of the framework's own. */
export function addedTable(all: readonly Compared[], ours: readonly Variant[]): string {
  const rows = all.flatMap(({ framework, slices }) =>
    ours.map((variant) => {
      const own = slices.get(variant) ?? []
      const against = (other: Variant): string =>
        show(addedRatio(own, slices.get(other) ?? [], slices.get('bare') ?? []))
      const added = spread(own.map((one, round) => cpu(one) - cpu(slices.get('bare')?.[round] ?? one)))
      const cells = [
        framework,
        variants[variant],
        show(added, 1),
        against('logger'),
        against('assembled'),
        against('opentelemetry'),
      ]
      return `| ${cells.join(' | ')} |`
    }),
  )
  return `| framework | what runs | added CPU, µs/request | ÷ added by pino-http | ÷ added by the hand-assembled audit | ÷ added by OpenTelemetry + pino-http |
|---|---|---:|---:|---:|---:|
${rows.join('\n')}`
}

/** Rounds in which the other seemed to add nothing say nothing: on a noisy machine there are some. */
export function addedRatio(own: readonly Slice[], other: readonly Slice[], bare: readonly Slice[]): Spread {
  const ratios = own.map((one, round) => {
    const base = bare[round]?.cpuPerRequest ?? Number.NaN
    return (cpu(one) - base) / ((other[round]?.cpuPerRequest ?? Number.NaN) - base)
  })
  return spread(ratios.filter((one) => Number.isFinite(one)))
}

export function latencyTable(all: readonly Compared[]): string {
  const rows = all.flatMap(({ framework, atRates }) =>
    Object.values(atRates ?? {}).flatMap(({ perSecond, latency }) =>
      [...latency].map(([variant, { p50, p99, p999 }]) => {
        const quantiles = [p50, p99, p999].map((all) => show(spread(all)))
        return `| ${[framework, `${perSecond.get(variant)}`, variants[variant], ...quantiles].join(' | ')} |`
      }),
    ),
  )
  return `| framework | requests/s | what runs | p50, ms | p99, ms | p99.9, ms |
|---|---:|---|---:|---:|---:|
${rows.join('\n')}`
}

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length

const percent = ({ median, low, high }: Spread): string =>
  `${(100 * median).toFixed(0)} % (${(100 * low).toFixed(0)}–${(100 * high).toFixed(0)})`
