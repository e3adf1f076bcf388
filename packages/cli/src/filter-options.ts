/** The options that narrow a read, the same for every command that reads, and the filter they make. */
import { asId, msg, type Outcome, type Stream } from '@trailmark/core'
import { type Filter, lastMax } from '@trailmark/query'
import type { Invocation, OptionTable } from './command.ts'
import { usageError } from './errors.ts'
import { nearest } from './nearest.ts'
import { parseTime } from './time.ts'

export const timeOptions: OptionTable = {
  from: {
    type: 'string',
    value: 'time',
    help: 'not before: 15m, 2h, 1d ago, or 2026-01-15T09:30Z (UTC unless it says)',
  },
  to: { type: 'string', value: 'time', help: 'before' },
}

export const filterOptions: OptionTable = {
  type: {
    type: 'string',
    short: 't',
    multiple: true,
    value: 'event',
    help: 'event types, by comma; * for any: login_*',
  },
  actor: { type: 'string', value: 'id', help: "who acted, by the application's own identifier; needs the keys" },
  subject: { type: 'string', value: 'id', help: "whose data, by the application's own identifier; needs the keys" },
  'user-id': { type: 'string', value: 'token', help: 'who acted, as records show it' },
  address: { type: 'string', value: 'ip', help: 'client address; without keys its network' },
  session: { type: 'string', value: 'ref', help: "session, by the application's own reference; needs the keys" },
  request: { type: 'string', value: 'id', help: 'request id' },
  trace: { type: 'string', value: 'id', help: 'trace id, over all services' },
  outcome: { type: 'string', multiple: true, value: 'outcome', help: 'success, failure, denied, unknown; by comma' },
  service: { type: 'string', value: 'name', help: 'service' },
  tenant: { type: 'string', value: 'name', help: 'tenant' },
  resource: { type: 'string', value: 'type[/id]', help: 'what was acted on: patient, or patient/42 (needs the keys)' },
  stream: {
    type: 'string',
    multiple: true,
    value: 'kind',
    help: 'kinds of ledger: audit (default), activity, keys; by comma',
  },
}

const streams: readonly Stream[] = ['audit', 'activity', 'keys']
const outcomes: readonly Outcome[] = ['success', 'failure', 'denied', 'unknown']

/** The filter that the options describe. Throws CLI_USAGE naming the option. */
export function filterFrom(invocation: Invocation, nowMs: number): Filter {
  const types = listed(invocation.texts('type'))
  const outcome = listed(invocation.texts('outcome')).map((text) => parseWord('outcome', text, outcomes))
  const kinds = listed(invocation.texts('stream')).map((text) => parseWord('stream', text, streams))
  const from = invocation.text('from')
  const to = invocation.text('to')
  const text = <K extends keyof Filter>(member: K, option: string): Partial<Record<K, string>> | undefined => {
    const value = invocation.text(option)
    if (value === '') throw usageError(`--${option} is empty`)
    return value === undefined ? undefined : ({ [member]: value } as Partial<Record<K, string>>)
  }
  return {
    ...(from !== undefined && { from: parseTime(from, 'from', nowMs) }),
    ...(to !== undefined && { to: parseTime(to, 'to', nowMs) }),
    ...(types.length > 0 && { types }),
    ...(outcome.length > 0 && { outcome }),
    ...(kinds.length > 0 && { streams: kinds }),
    ...text('actor', 'actor'),
    ...text('subject', 'subject'),
    ...text('userId', 'user-id'),
    ...text('address', 'address'),
    ...text('session', 'session'),
    ...text('request', 'request'),
    ...text('trace', 'trace'),
    ...text('service', 'service'),
    ...text('tenant', 'tenant'),
    ...text('resource', 'resource'),
  }
}

export const boundOptions: OptionTable = {
  limit: { type: 'string', short: 'n', value: 'count', help: 'at most so many, the oldest that match' },
  last: { type: 'string', value: 'count', help: `only the newest so many, still oldest first; at most ${lastMax}` },
}

/** How many to show, and from which end. Throws CLI_USAGE. */
export function boundsFrom(invocation: Invocation): { readonly limit?: number; readonly last?: number } {
  const limit = invocation.text('limit')
  const last = invocation.text('last')
  if (limit !== undefined && last !== undefined) throw usageError('--limit and --last exclude each other')
  if (limit !== undefined) return { limit: parseCount(limit, 'limit', 1, 999_999_999) }
  return last === undefined ? {} : { last: parseCount(last, 'last', 1, lastMax) }
}

/** A whole number from `min` to `max`. Throws CLI_USAGE naming the option. */
export function parseCount(text: string, option: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw usageError(`--${option} must be a whole number from ${min} to ${max}`)
}

function listed(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(',')).filter((value) => value !== '')
}

function parseWord<W extends string>(option: string, text: string, words: readonly W[]): W {
  const found = words.find((word) => word === text)
  if (found !== undefined) return found
  const meant = nearest(text, words)
  const hint = meant ? `; did you mean ${meant}?` : ''
  throw usageError(`--${option} must be one of ${words.join(', ')}, not ${JSON.stringify(text.slice(0, 40))}${hint}`)
}

const purposeShape = /^[A-Za-z0-9_.:\-/*@]{1,64}$/

/**
 * Why somebody reads: a word such as `incident-4711`, because records hold no free text. What the trail would leave out, an
 * address or a card number, is refused here: the read would stand there without its purpose. Throws CLI_USAGE.
 */
export function purposeFrom(invocation: Invocation): string | undefined {
  const purpose = invocation.text('purpose')
  if (purpose === undefined) return undefined
  if (purposeShape.test(purpose) && String(msg`${asId(purpose)}`) === purpose) return purpose
  throw usageError(
    '--purpose must be one word of at most 64 characters, such as incident-4711: records hold no free text and nobody in clear',
  )
}
