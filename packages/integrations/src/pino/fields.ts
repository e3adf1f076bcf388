/**
 * What may be said of the values handed to a log call.
 *
 * Names that lines give themselves (time, level, service, ids) cannot be set from outside. Errors become their skeleton,
 * requests and responses their method and status, and everything else passes the scrubber. No getter, `toJSON` or proxy trap
 * of a value is run.
 */
import { types } from 'node:util'
import { Message, type SafeError } from '@trailmark/core'
import { idShapes } from '../line-ids.ts'
import { httpOf } from './http-skeleton.ts'

export type Fields = Record<string, unknown>

/** The scrubber as a logger uses it: whatever it removes is counted. */
export interface FieldRules {
  readonly scrub: (value: unknown) => unknown
  readonly text: (text: string) => string
  readonly safeError: (error: unknown) => SafeError
}

/** Fields of a line that core or this package made, and masked: they are written as they are. */
const OWN_LINE = Symbol.for('@trailmark/core/line/1')

/** Marks fields as made here. */
export function ownLine<T extends object>(fields: T): T {
  return Object.defineProperty(fields, OWN_LINE, { value: true })
}

/** What a line says by itself; a value under one of these names is not written. */
const reserved: ReadonlySet<string> = new Set([
  'schema',
  'timestamp',
  'time',
  'level',
  'stream',
  'service',
  'message',
  'msg',
  'seq',
  ...Object.keys(idShapes),
])

/** Words of the developer's own, when they look like it. */
const words: ReadonlyMap<string, RegExp> = new Map([
  ['event_type', /^[a-z][a-z0-9_]{0,63}$/],
  ['reqId', /^req-[0-9a-z]{1,12}$/], // Fastify's counter
])

const keysMax = 500
const ancestorsMax = 16

/** The fields of one line for the object (or anything else) that was logged. */
export function cleanFields(logged: unknown, rules: FieldRules): Fields {
  if (typeof logged !== 'object' || logged === null || types.isProxy(logged)) return { value: rules.scrub(logged) }
  if (Object.getOwnPropertyDescriptor(logged, OWN_LINE)?.value === true) return { ...logged }
  if (isErrorLike(logged)) return { error: rules.safeError(logged) }
  const http = httpOf(logged)
  if (http !== undefined) return { http }
  if (Array.isArray(logged) || !isRecord(logged)) return { value: rules.scrub(logged) }
  return cleanMembers(logged, rules)
}

function cleanMembers(logged: object, rules: FieldRules): Fields {
  const kept: Fields = {}
  const rest: Fields = {}
  let http: Fields | undefined
  for (const key of Object.keys(logged).slice(0, keysMax)) {
    if (reserved.has(key)) continue
    const descriptor = Object.getOwnPropertyDescriptor(logged, key)
    const value: unknown = descriptor !== undefined && 'value' in descriptor ? descriptor.value : '[getter]'
    if (typeof value !== 'object' || value === null) {
      if (typeof value === 'string' && words.get(key)?.test(value)) kept[key] = value
      else put(rest, key, value)
      continue
    }
    const found = httpOf(value)
    if (found !== undefined) http = { ...http, ...found }
    else if ((key === 'err' || key === 'error') && isErrorLike(value)) kept['error'] = rules.safeError(value)
    else put(rest, key, Message.textOf(value) ?? value)
  }
  const scrubbed = rules.scrub(rest)
  const fields = typeof scrubbed === 'object' && scrubbed !== null ? scrubbed : { value: scrubbed }
  return { ...fields, ...kept, ...(http && { http: { ...http } }) }
}

/** The bindings of a child: as above, but with ids that look like ids, and without requests: their lines say it better. */
export function cleanBindings(bindings: unknown, rules: FieldRules, withIds: boolean): Fields {
  const { http: _http, ...fields } = cleanFields(bindings, rules)
  if (!withIds || typeof bindings !== 'object' || bindings === null || types.isProxy(bindings)) return fields
  for (const [name, shape] of Object.entries(idShapes)) {
    const value: unknown = Object.getOwnPropertyDescriptor(bindings, name)?.value
    if (typeof value === 'string' && shape.test(value)) fields[name] = value
  }
  return fields
}

/** Errors of every making: some libraries build theirs on `Error.prototype` alone. */
export function isErrorLike(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false
  if (types.isNativeError(value)) return true
  let ancestor: unknown = Object.getPrototypeOf(value)
  for (let i = 0; i < ancestorsMax && typeof ancestor === 'object' && ancestor !== null; i++) {
    if (ancestor === Error.prototype) return true
    if (types.isProxy(ancestor)) return false
    ancestor = Object.getPrototypeOf(ancestor)
  }
  return false
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
