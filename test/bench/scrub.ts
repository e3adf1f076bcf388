/**
 * What does scrubbing cost, and what is left to read? Ours and the usual means, on the same payloads: the corpus of
 * test/privacy, each turned into one line of JSON.
 */
import { createRequire } from 'node:module'
import { DeepRedact } from '@hackylabs/deep-redact'
import redactPaths from '@pinojs/redact'
import { scrub } from '@trailmark/core'
import { pino } from 'pino'
import { judge } from '../privacy/judge.ts'
import { corpus } from '../privacy/payloads/corpus.ts'
import { paths, patterns, secretNames } from './redact-paths.ts'
import { errors } from './scrub-errors.ts'

const rounds = 12
const warmRounds = 4

/** One means: makes a line of a value. */
type Means = (value: unknown) => string

const ours: Means = (value) => JSON.stringify(scrub(value)) ?? 'null'
const means: Readonly<Record<string, Means>> = {
  'trailmark `scrub()`': ours,
  [`pino \`redact\`, ${paths.length} paths`]: pinoRedact(),
  [`@pinojs/redact, ${paths.length} paths`]: string(
    redactPaths({ paths: [...paths], censor: '[Redacted]', strict: false }),
  ),
  [`fast-redact, ${paths.length} paths`]: string(fastRedact()),
  '@hackylabs/deep-redact': string(
    new DeepRedact({
      blacklistedKeys: secretNames.map((key) => ({ key, fuzzyKeyMatch: true, caseSensitiveKeyMatch: false })),
      stringTests: patterns.map((pattern) => ({
        pattern,
        replacer: (text: string) => text.replace(pattern, '[REDACTED]'),
      })),
      types: ['string', 'number', 'bigint'],
      serialise: true,
    }).redact,
  ),
  'JSON.stringify with a replacer': (value) =>
    JSON.stringify(value, (name, member: unknown) =>
      secretNames.some((secret) => name.toLowerCase().includes(secret)) ? '[Redacted]' : member,
    ) ?? 'null',
  'JSON.stringify alone': (value) => JSON.stringify(value) ?? 'null',
}

/** Measures cost and effect of every means; hands on one section of the benchmark page. */
export async function run(): Promise<{ title: string; markdown: string }> {
  const names = Object.keys(means)
  const costs = new Map(names.map((name) => [name, [] as number[]]))
  for (let round = -warmRounds; round < rounds; round++) {
    // In turns, so that a busy moment of the machine meets all; each gets values of its own, as a request would bring them.
    for (const name of names) {
      const cost = measure(
        means[name] ?? ours,
        corpus.map(({ make }) => make()),
      )
      if (round >= 0) costs.get(name)?.push(...cost)
    }
  }
  const errorCosts: number[] = []
  for (let round = -warmRounds; round < rounds * 4; round++) {
    const cost = measure(ours, errors())
    if (round >= 0) errorCosts.push(...cost)
  }
  const rows = names.map((name) => {
    const effect = effectOf(means[name] ?? ours)
    return `| ${name} | ${figures(costs.get(name) ?? [])} | ${effect.leaked} | ${effect.lost} | ${effect.failed} |`
  })
  const planted = corpus.reduce((sum, one) => sum + one.planted.length, 0)
  return {
    title: 'Scrubbing',
    markdown: [
      `${corpus.length} payloads as programs log them (requests, headers, bodies in strings, statements, configurations, webhooks,`,
      `registers of people, lines of other loggers) with ${planted} values planted, each made into one line of JSON, ${rounds} rounds in`,
      'turns. Leaked: planted values that can be read in the line in any spelling. Destroyed: harmless values that are not there any',
      'more. A means that fails on a payload counts as having destroyed what was in it.',
      '',
      '| means | mean µs | median µs | p99 µs | leaked | destroyed | failed |',
      '|---|---:|---:|---:|---:|---:|---:|',
      ...rows,
      '',
      `An error through \`scrub()\`: **${at(errorCosts, 0.5).toFixed(1)} µs** (median; p99 ${at(errorCosts, 0.99).toFixed(0)}).`,
    ].join('\n'),
  }
}

/** Microseconds per value. */
function measure(write: Means, values: readonly unknown[]): number[] {
  return values.map((value) => {
    const started = process.hrtime.bigint()
    attempt(write, value)
    return Number(process.hrtime.bigint() - started) / 1000
  })
}

function attempt(write: Means, value: unknown): string | undefined {
  try {
    return write(value)
  } catch {
    return undefined
  }
}

function effectOf(write: Means): { leaked: string; lost: string; failed: string } {
  let [leaked, planted, lost, guards, failed] = [0, 0, 0, 0, 0]
  for (const payload of corpus) {
    const line = attempt(write, payload.make())
    if (line === undefined) failed += 1
    const verdict = judge(payload, line === undefined ? undefined : parse(line))
    leaked += verdict.leaks.length
    planted += verdict.planted
    lost += verdict.lost.length
    guards += verdict.guards
  }
  return { leaked: share(leaked, planted), lost: share(lost, guards), failed: String(failed) }
}

const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`

/** A means that has nothing to redact in a text gives it back as it is. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return line
  }
}

function at(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN
}

function figures(values: readonly number[]): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return [mean, at(values, 0.5), at(values, 0.99)].map((value) => value.toFixed(1)).join(' | ')
}

/** A logger with the list; its line without what pino adds. */
function pinoRedact(): Means {
  let line = ''
  const logger = pino(
    { base: null, timestamp: false, redact: [...paths] },
    {
      write(text: string) {
        line = text
      },
    },
  )
  return (value) => {
    Reflect.apply(logger.info, logger, [value])
    return line.replace('"level":30,', '').replace('"level":30', '')
  }
}

function string(redact: (value: unknown) => unknown): Means {
  return (value) => {
    const made = redact(value)
    return typeof made === 'string' ? made : (JSON.stringify(made) ?? 'null')
  }
}

/** It has no types of its own. */
function fastRedact(): (value: unknown) => unknown {
  const make: unknown = createRequire(import.meta.url)('fast-redact')
  if (typeof make !== 'function') throw new TypeError('fast-redact is not what it was')
  const redact: unknown = Reflect.apply(make, undefined, [{ paths: [...paths], strict: false }])
  if (typeof redact !== 'function') throw new TypeError('fast-redact is not what it was')
  return (value) => Reflect.apply(redact, undefined, [value])
}
