/**
 * What may be said of the values handed to a log call.
 *
 * Names that lines give themselves (time, level, service, ids) cannot be set from outside. Errors become their skeleton,
 * requests and responses their method and status, and everything else passes the scrubber. No getter, `toJSON` or proxy trap
 * of a value is run.
 */
import { types } from 'node:util'
import { Message, type SafeError } from '@trailmark/core'
import {
  type HttpSkeleton,
  httpSkeletonOf,
  isError,
  shapedError,
  shapedFinding,
  withoutMessagesOf,
} from '@trailmark/core/integration'
import { type Fields, isLineName, isSpoken, placed } from './line-names.ts'

/** The scrubber as a logger uses it: whatever it removes is counted. */
export interface FieldRules {
  readonly scrub: (value: unknown) => unknown
  readonly text: (text: string) => string
  readonly safeError: (error: unknown) => SafeError
}

/** What is left of an object that was logged. */
export interface Cleaned {
  readonly fields: Fields
  /** What stood under names of the line, scrubbed. */
  readonly moved: Fields
  /** The text under `msg` or `message`, as it was given. */
  readonly spoken?: Spoken
  /** The errors among what was logged: their messages may be repeated elsewhere on the line. */
  readonly errors: readonly object[]
}

export interface Spoken {
  readonly key: string
  readonly text: string | Message
}

/** Fields of a line that core or this package made, and masked: they are written as they are. */
const OWN_LINE = Symbol.for('@trailmark/core/line/1')

/** Marks fields as made here. */
export function ownLine<T extends object>(fields: T): T {
  return Object.defineProperty(fields, OWN_LINE, { value: true })
}

/** Words of the developer's own, when they look like it. */
const words: ReadonlyMap<string, RegExp> = new Map([
  ['event_type', /^[a-z][a-z0-9_]{0,63}$/],
  ['reqId', /^req-[0-9a-z]{1,12}$/], // Fastify's counter
])

const keysMax = 500

/** What may be written for the object (or anything else) that was logged, or bound to a child. */
export function cleanFields(logged: unknown, rules: FieldRules): Cleaned {
  if (typeof logged !== 'object' || logged === null || types.isProxy(logged))
    return whole({ value: rules.scrub(logged) })
  if (Object.getOwnPropertyDescriptor(logged, OWN_LINE)?.value === true) return whole({ ...logged })
  if (isError(logged)) return whole({ error: rules.safeError(logged) }, logged)
  const http = httpSkeletonOf(logged)
  if (http !== undefined) return whole({ http })
  if (Array.isArray(logged) || !isRecord(logged)) return whole({ value: rules.scrub(logged) })
  const shaped = shapedError(logged, false)
  if (shaped !== undefined) return whole({ error: rules.scrub(shaped) }, logged)
  const finding = shapedFinding(logged)
  if (finding !== undefined) return whole({ finding: rules.scrub(finding) })
  return cleanMembers(logged, rules)
}

const whole = (fields: Fields, error?: object): Cleaned => ({
  fields,
  moved: {},
  errors: error === undefined ? [] : [error],
})

function cleanMembers(logged: object, rules: FieldRules): Cleaned {
  const kept: Fields = {}
  const rest: Fields = {}
  const errors = errorsIn(logged)
  let http: HttpSkeleton | undefined
  let spoken: Spoken | undefined
  for (const key of Object.keys(logged).slice(0, keysMax)) {
    const value = memberOf(logged, key)
    if (spoken === undefined && isSpoken(key, value)) spoken = { key, text: value }
    else if (typeof value !== 'object' || value === null) {
      if (typeof value !== 'string') put(rest, key, value)
      else if (words.get(key)?.test(value)) kept[key] = value
      else put(rest, key, errors.length === 0 ? value : withoutMessagesOf(errors, value))
    } else {
      const found = httpSkeletonOf(value)
      if (found !== undefined) http = { ...http, ...found }
      else if ((key === 'err' || key === 'error') && isError(value)) kept['error'] = rules.safeError(value)
      else put(rest, key, Message.textOf(value) ?? value)
    }
  }
  const { fields, moved } = apart(rules.scrub(rest))
  return {
    fields: { ...fields, ...kept, ...(http && { http: { ...http } }) },
    moved,
    errors,
    ...(spoken === undefined ? {} : { spoken }),
  }
}

/** The members that are errors, or were. */
function errorsIn(logged: object): object[] {
  const errors: object[] = []
  for (const key of Object.keys(logged).slice(0, keysMax)) {
    const value = memberOf(logged, key)
    if (typeof value !== 'object' || value === null) continue
    if (isError(value) || ((key === 'err' || key === 'error') && wasError(value))) errors.push(value)
  }
  return errors
}

const wasError = (value: object): boolean => !types.isProxy(value) && shapedError(value, true) !== undefined

function memberOf(from: object, key: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(from, key)
  return descriptor !== undefined && 'value' in descriptor ? descriptor.value : '[getter]'
}

/** Members under names of the line, and the others. They were scrubbed together, as they say something of each other. */
function apart(scrubbed: unknown): Cleaned {
  if (typeof scrubbed !== 'object' || scrubbed === null) return whole({ value: scrubbed })
  const fields: Fields = {}
  const moved: Fields = {}
  for (const [key, value] of Object.entries(scrubbed)) put(isLineName(key) ? moved : fields, key, value)
  return { fields, moved, errors: [] }
}

/**
 * The bindings of a child: as above, but with ids that look like ids, and without requests: their lines say it better. What
 * stands under other names of the line is `bound`.
 */
export function cleanBindings(bindings: unknown, rules: FieldRules, withIds: boolean): Fields {
  const { fields, moved, spoken } = cleanFields(bindings, rules)
  const { http: _http, ...others } = fields
  const said = spoken === undefined ? {} : { [spoken.key]: rules.text(String(spoken.text)) }
  return placed(others, { ...moved, ...said }, withIds, 'bound')
}

/** A key that every object inherits goes under another name: pino looks some of them up on the object it writes. */
function put(fields: Fields, key: string, value: unknown): void {
  Object.defineProperty(fields, key in Object.prototype ? `_${key}` : key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  })
}

function isRecord(value: object): boolean {
  return !(
    types.isMap(value) ||
    types.isSet(value) ||
    types.isDate(value) ||
    types.isPromise(value) ||
    types.isBoxedPrimitive(value) ||
    types.isAnyArrayBuffer(value) ||
    ArrayBuffer.isView(value)
  )
}
