/**
 * Errors by their shape: plain objects that were errors before they were spread, parsed from JSON or put together by hand, such
 * as `{ name, message, stack }`, pino's `{ type, message, stack }` and `{ ...err }`. They quote what the errors quoted, so the
 * same skeleton is made of them; numbers, booleans and ids among their own fields stay as details.
 *
 * An object counts when it says so by what only errors have. `{ type: 'order', message: '…' }` does not.
 */
import { looksPersonal } from '../scrub/identifier.ts'
import { isReadable, isReadableList, own, unreadable } from '../scrub/read.ts'
import { asWritten } from '../scrub/walk-platform.ts'
import type { Detail, Finding, Surroundings } from './adapter.ts'
import { findingOf } from './adapter-validation.ts'
import { accountOf } from './adapters.ts'
import { isCode } from './code.ts'
import { type SafeError, safeError } from './safe-error.ts'
import { isClassName } from './type.ts'

const sign = { message: 1, stack: 2, name: 4, code: 8, number: 16, driver: 32 } as const
/** What only errors have, or errors and few others. */
const signs: ReadonlyMap<string, number> = new Map([
  ['message', sign.message],
  ['stack', sign.stack],
  ['name', sign.name],
  ['type', sign.name],
  ['code', sign.code],
  ['errno', sign.number],
  ['statusCode', sign.number],
  ...[
    '_original',
    'issues',
    'errors',
    '$metadata',
    '$fault',
    'isAxiosError',
    'severity',
    'syscall',
    'sqlState',
    'sqlMessage',
    'responseCode',
    'storageErrors',
    'keyValue',
    'validation',
    'rawType',
    'constraints',
    'killed',
    'expose',
  ].map((key): [string, number] => [key, sign.driver]),
])
/** What we write for an error: it is not made anew. */
const skeletonKeys: ReadonlySet<string> = new Set([
  'type',
  'code',
  'status',
  'message',
  'frames',
  'details',
  'fingerprint',
  'causes',
])
const keysMax = 64
const depthMax = 4
const extrasMax = 20

/**
 * The skeleton of a plain object that is an error by its shape; undefined for every other. `named` says that it stands under a
 * name for errors: then a message or a code is enough. Runs no code of the object; never throws.
 *
 *     shapedError({ name: 'CastError', message: 'Cast to Number failed for value "ann"', path: 'age' }, false)
 *     // { type: 'CastError', message: 'Cast to * failed for value *' }
 */
export function shapedError(value: object, named: boolean, hosts?: ReadonlySet<string>): SafeError | undefined {
  if (!isErrorShape(value, named)) return undefined
  const safe = safeError(errorFrom(value, 0), undefined, hosts)
  const details = { ...extrasOf(value), ...safe.details }
  return { ...safe, ...(Object.keys(details).length === 0 ? {} : { details }) }
}

/** The finding that one issue of a validator is, as `{ path, rule }`; undefined for every other object. */
export function shapedFinding(value: object): Finding | undefined {
  const issue = Object.hasOwn(value, 'message') && (Object.hasOwn(value, 'path') || Object.hasOwn(value, 'keyword'))
  return issue ? findingOf(value) : undefined
}

function isErrorShape(value: object, named: boolean): boolean {
  let seen = 0
  let ours = true
  const keys = Object.keys(value)
  const count = Math.min(keys.length, keysMax)
  for (let i = 0; i < count; i++) {
    const key = keys[i] ?? ''
    seen |= signs.get(key) ?? 0
    ours &&= skeletonKeys.has(key)
  }
  if (seen === 0 || (ours && keys.length <= keysMax && typeof own(value, 'type') === 'string')) return false
  const has = (bits: number) => (seen & bits) === bits
  // A date in its place is a text once it was written down, and the second time must find what the first one did.
  const said = has(sign.message) && typeof asWritten(own(value, 'message')) === 'string'
  const typed = has(sign.name) && (isErrorType(own(value, 'name')) || isErrorType(own(value, 'type')))
  if (has(sign.stack) && typeof own(value, 'stack') === 'string' && (said || typed || named)) return true
  if (typed && said) return true
  const code = has(sign.code) ? own(value, 'code') : undefined
  const coded = isCode(code) && (named || code.startsWith('E'))
  if (said && (named || coded || (has(sign.number) && isFailure(value)))) return true
  if (coded && (named || String(code).startsWith('ERR_'))) return true
  if (!has(sign.driver)) return false
  // What child processes and HTTP frameworks leave of theirs.
  if (Object.hasOwn(value, 'killed') && Object.hasOwn(value, 'cmd')) return true
  if (said && typeof own(value, 'expose') === 'boolean') return true
  return isReadable(value) && accountOf(value, around(value)) !== undefined
}

const errorType = /^(?:[A-Z$_][\w$]{0,80})?(?:Error|Exception)$/
const isErrorType = (name: unknown): boolean => typeof name === 'string' && name.length <= 100 && errorType.test(name)

function isFailure(value: object): boolean {
  const status = own(value, 'statusCode')
  return typeof own(value, 'errno') === 'number' || (typeof status === 'number' && status >= 400 && status <= 599)
}

const around = (value: object): Surroundings => {
  const name = own(value, 'name')
  return { names: new Set(typeof name === 'string' ? [name] : []), hosts: new Set(), describe: () => undefined }
}

const stackHead = /^(?:Uncaught )?([A-Z$_][\w$]{0,80})(?: \[[\w-]{1,64}\])?(?::|\n|$)/

/** Its name, pino's `type`, or what the text of its stack begins with, when that is a class of errors. */
function typeIn(value: object): string {
  const stack = own(value, 'stack')
  const head = typeof stack === 'string' ? stackHead.exec(stack.slice(0, 160))?.[1] : undefined
  const given = [own(value, 'name'), own(value, 'type'), head]
  return given.find((name): name is string => typeof name === 'string' && isClassName(name)) ?? 'Error'
}

const builtIn: ReadonlyMap<string, object> = new Map(
  [AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, Error].map((type) => [
    type.name,
    type.prototype,
  ]),
)

/** That of the class, as far as the class can be told. */
function prototypeFor(type: string): object {
  const known = builtIn.get(type)
  if (known !== undefined) return known
  const made = Object.defineProperty(() => undefined, 'name', { value: type })
  return Object.create(Error.prototype, { constructor: { value: made } })
}

/** The object as an error would be that has the same fields; what was an error inside it, too. */
function errorFrom(value: object, depth: number): object {
  const error: object = Object.create(prototypeFor(typeIn(value)))
  for (const key of Object.keys(value).slice(0, keysMax)) {
    const member = own(value, key)
    if (member === unreadable || key === '__proto__') continue
    const inner = depth < depthMax ? nested(member, key === 'cause', depth + 1) : member
    Object.defineProperty(error, key, { value: inner, enumerable: true, configurable: true, writable: true })
  }
  return error
}

function nested(member: unknown, named: boolean, depth: number): unknown {
  if (isReadableList(member) && member.length <= keysMax)
    return member.map((_one, i) => nested(own(member, i), false, depth))
  if (!isReadable(member)) return member
  const prototype: unknown = Object.getPrototypeOf(member)
  const plain = prototype === null || prototype === Object.prototype
  return plain && isErrorShape(member, named) ? errorFrom(member, depth) : member
}

/** Told otherwise, or of no use. */
const told: ReadonlySet<string> = new Set([
  ...signs.keys(),
  ...skeletonKeys,
  'length',
  'line',
  'column',
  'lineNumber',
  'columnNumber',
  'expose',
  'httpStatus',
])
const idName = /(?:^|[a-z_.-])(?:id|Id|ID)$/
const idShape = /^[A-Za-z0-9][\w.:-]{0,63}$/

/** Numbers and booleans of its own, and ids that have the shape of one. */
function extrasOf(value: object): Record<string, Detail> {
  const kept: Record<string, Detail> = {}
  let count = 0
  for (const key of Object.keys(value).slice(0, keysMax)) {
    const member = own(value, key)
    if (count >= extrasMax || told.has(key)) continue
    const harmless =
      typeof member === 'boolean' ||
      typeof member === 'number' ||
      (typeof member === 'string' && idName.test(key) && idShape.test(member) && !looksPersonal(member))
    if (!harmless) continue
    kept[key] = member
    count += 1
  }
  return kept
}
