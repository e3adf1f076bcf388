/**
 * What to look for, checked once and turned into two questions: may this raw line match, and does this record match.
 *
 * The first question is asked of every line before it is parsed and costs a few substring searches. It relies on the one
 * spelling that the serialiser writes; whether lines are as they were written is what `verify` answers.
 */
import type { Outcome, Stream } from '@trailmark/core'
import { QueryError } from './errors.ts'
import type { Identities } from './identities.ts'
import { type IdentityTest, matchAddress, matchPerson, matchResource, matchSession } from './match-identity.ts'
import type { StoredRecord } from './record.ts'

/** Every member narrows the result; an absent one does not. */
export interface Filter {
  /** Milliseconds since 1970, included. */
  readonly from?: number
  /** Milliseconds since 1970, excluded. */
  readonly to?: number
  /** Event types; `*` stands for any characters: `login_*`. Any one of them has to match. */
  readonly types?: readonly string[]
  /** Who acted, by the application's own identifier. Needs keys. */
  readonly actor?: string
  /** Whose data it was, by the application's own identifier. Needs keys. */
  readonly subject?: string
  /** Who acted, as it stands in `user_id`. */
  readonly userId?: string
  /**
   * A client address. With keys: the same address, or the same network where the record's token cannot be compared any
   * more; without keys: the same network. A masked address, as records show it, always means the network.
   */
  readonly address?: string
  /** A session, by the application's own reference (needs keys) or by the stored token. */
  readonly session?: string
  readonly request?: string
  readonly trace?: string
  readonly outcome?: readonly Outcome[]
  readonly service?: string
  readonly tenant?: string
  /** `patient`, or `patient/42` with the application's own identifier (needs keys) or the stored token. */
  readonly resource?: string
  /**
   * Kinds of ledger. Default: `audit` alone. `activity` holds what people may see of their own records, so reading both
   * shows one event twice; `keys` holds the births of subject keys.
   */
  readonly streams?: readonly Stream[]
}

/** A filter made ready for a whole read. */
export interface Matcher {
  /** Kinds of ledger to read. */
  readonly streams: ReadonlySet<string>
  readonly from: number
  readonly to: number
  /** False only when the line cannot match. */
  mayMatch(line: string): boolean
  matches(record: StoredRecord): boolean
}

/** Longest text a filter may hold, in characters. */
export const filterTextMax = 512
const streamsDefault: readonly Stream[] = ['audit']
const kinds: readonly string[] = ['audit', 'activity', 'keys']
const outcomes: readonly string[] = ['success', 'failure', 'denied', 'unknown']

/**
 * Checks the filter. `accept` is a further test, asked only of records that match everything else. Throws
 * QUERY_FILTER_INVALID naming the member, and QUERY_KEYS_NEEDED for clear identifiers without `identities`.
 */
export function compileFilter(
  filter: Filter,
  identities?: Identities,
  accept?: (record: StoredRecord) => boolean,
): Matcher {
  checkTexts(filter)
  const from = checkTime('from', filter.from, Number.NEGATIVE_INFINITY)
  const to = checkTime('to', filter.to, Number.POSITIVE_INFINITY)
  if (from >= to) throw new QueryError('QUERY_FILTER_INVALID', 'filter from must lie before filter to')
  const needles: string[] = []
  const tests: ((record: StoredRecord) => boolean)[] = []
  const exact = (name: keyof StoredRecord & string, value: string | undefined) => {
    if (value === undefined) return
    needles.push(`"${name}":${JSON.stringify(value)}`)
    tests.push((record) => record[name] === value)
  }
  exact('request_id', filter.request)
  exact('trace_id', filter.trace)
  exact('user_id', filter.userId)
  exact('tenant', filter.tenant)
  if (filter.service !== undefined) {
    const { service } = filter
    needles.push(`"name":${JSON.stringify(service)}`)
    tests.push((record) => record.service.name === service)
  }
  if (filter.outcome !== undefined) {
    const wanted = filter.outcome
    tests.push((record) => record.outcome !== undefined && wanted.includes(record.outcome))
  }
  if (filter.types !== undefined) {
    const globs = filter.types.map(glob)
    tests.push((record) => globs.some((matches) => matches(record.event_type)))
  }
  const lineTests: ((line: string) => boolean)[] = []
  const identity = ({ mayMatch, matches }: IdentityTest) => {
    lineTests.push(mayMatch)
    tests.push(matches)
  }
  if (filter.actor !== undefined) identity(matchPerson('actor', filter.actor, identities))
  if (filter.subject !== undefined) identity(matchPerson('subject', filter.subject, identities))
  if (filter.address !== undefined) identity(matchAddress(filter.address, identities))
  if (filter.session !== undefined) identity(matchSession(filter.session, identities))
  if (filter.resource !== undefined) identity(matchResource(filter.resource, identities))

  if (accept !== undefined) tests.push(accept)

  const anyOf = [alternatives('outcome', filter.outcome), alternatives('event_type', filter.types)].filter(
    (list) => list.length > 0,
  )
  const { streams = streamsDefault } = filter
  if (streams.length === 0 || streams.some((one) => !kinds.includes(one)))
    throw new QueryError('QUERY_FILTER_INVALID', `filter streams must be of ${kinds.join(', ')}`)
  return {
    streams: new Set(streams),
    from,
    to,
    mayMatch: (line) =>
      needles.every((needle) => line.includes(needle)) &&
      anyOf.every((list) => list.some((one) => line.includes(one))) &&
      lineTests.every((test) => test(line)),
    matches: (record) => record.timeMs >= from && record.timeMs < to && tests.every((test) => test(record)),
  }
}

/** One of these has to stand in a line for it to match; empty when that cannot be said. */
function alternatives(name: string, values: readonly string[] | undefined): readonly string[] {
  if (values === undefined || values.some((value) => value.includes('*'))) return []
  return values.map((value) => `"${name}":${JSON.stringify(value)}`)
}

/**
 * Compares with a pattern in which `*` stands for any characters, without backtracking: the first part is a prefix, the
 * last a suffix, and each part between is taken where it is first found.
 */
function glob(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*')
  const [prefix = '', ...rest] = parts
  const suffix = rest.pop()
  if (suffix === undefined) return (text) => text === pattern
  return (text) => {
    if (!text.startsWith(prefix) || !text.endsWith(suffix)) return false
    let at = prefix.length
    for (const part of rest) {
      const found = text.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return at <= text.length - suffix.length
  }
}

function checkTime(name: string, value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise
  if (!Number.isFinite(value)) throw new QueryError('QUERY_FILTER_INVALID', `filter ${name} must be milliseconds`)
  return value
}

function checkTexts(filter: Filter): void {
  const { from, to, ...texts } = filter
  for (const [name, value] of Object.entries(texts)) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    for (const text of values) {
      if (text === undefined) continue
      if (typeof text !== 'string' || text.length === 0 || text.length > filterTextMax)
        throw new QueryError('QUERY_FILTER_INVALID', `filter ${name} must be 1 to ${filterTextMax} characters`)
    }
    if (Array.isArray(value) && (value.length === 0 || value.length > 100))
      throw new QueryError('QUERY_FILTER_INVALID', `filter ${name} must have 1 to 100 values`)
  }
  const unknown = filter.outcome?.find((value) => !outcomes.includes(value))
  if (unknown !== undefined)
    throw new QueryError('QUERY_FILTER_INVALID', `filter outcome must be one of ${outcomes.join(', ')}, not ${unknown}`)
}
