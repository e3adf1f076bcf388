/**
 * What type an error has: a registered name, else the name of the class it was made by, else its nearest built-in base.
 *
 * The `name` of an error can be set to anything, so it counts only when it is registered. The name of a class stands in the
 * program's text; it counts when it looks like that of an error.
 */
import { types } from 'node:util'
import { looksPersonal } from '../scrub/identifier.ts'
import { own } from '../scrub/read.ts'
import { knownTypes } from './known-types.ts'

export interface Classified {
  /** What may be shown. */
  readonly type: string
  /** Every name found on the way, for comparison only: classes, and what `name` says. Data of the error may be among them. */
  readonly names: ReadonlySet<string>
  /** False when formatting the stack could run code of the error: a getter for `name` or `message`, or a proxy above it. */
  readonly inert: boolean
}

/** The language's and the platform's own prototypes. */
const builtIn = new Map<object, string>(
  [AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, DOMException, Error].map(
    (type) => [type.prototype, type.name],
  ),
)
const builtInNames: ReadonlySet<string> = new Set(builtIn.values())
const ancestorsMax = 16
/** Classes inside a library whose errors are known by the name of the class above. */
const parents: ReadonlyMap<string, string> = new Map([
  ['SimpleError', 'ReplyError'],
  ['BlobError', 'ReplyError'],
])
const none: ReadonlySet<string> = new Set()

/** Classifies anything that was thrown: `thrown:string` and the like for what is no error. Runs no code of it. */
export function classify(error: unknown): Classified {
  if (error === null) return { type: 'thrown:null', names: none, inert: false }
  if (typeof error !== 'object') return { type: `thrown:${typeof error}`, names: none, inert: false }
  if (types.isProxy(error)) return { type: 'thrown:proxy', names: none, inert: false }
  if (Array.isArray(error)) return { type: 'thrown:array', names: none, inert: false }
  return climb(error)
}

function climb(error: object): Classified {
  const names = new Set<string>()
  let shown: string | undefined
  let plain = true
  let registered = false
  let level: object | null = error
  for (let i = 0; level !== null && i < ancestorsMax; i++) {
    // Asking a proxy for its prototype would run its trap.
    if (types.isProxy(level)) return { type: shown ?? 'Error', names, inert: false }
    const base = builtIn.get(level)
    if (base === 'DOMException') {
      return { type: domName(error) ?? shown ?? base, names: names.add(base), inert: plain }
    }
    if (base !== undefined) return { type: shown ?? base, names: names.add(base), inert: plain || registered }
    const said = own(level, 'name')
    const made = level === error ? undefined : className(level)
    if (made !== undefined) names.add(made)
    if (typeof said === 'string' && said.length <= 64) {
      names.add(said)
      if (knownTypes.has(said) && !builtInNames.has(said)) shown ??= said
    }
    if (made !== undefined && isClassName(made))
      shown = shown === undefined || parents.get(shown) === made ? made : shown
    // Formatting a stack reads these two. Some libraries have getters for them, which is not the thrower's code.
    if (!isText(said) || !isText(own(level, 'message'))) plain = false
    registered ||= made !== undefined && knownTypes.has(made) && !builtInNames.has(made)
    level = Object.getPrototypeOf(level)
  }
  // Neither the language's error nor one of another realm: some object.
  return { type: shown ?? (types.isNativeError(error) ? 'Error' : 'thrown:object'), names, inert: plain || registered }
}

/**
 * True for errors of any make: the engine's own, also of other realms, and those that libraries build on `Error.prototype`
 * without its constructor, which the engine does not know as errors. Runs no code of the value.
 */
export function isError(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false
  if (types.isNativeError(value)) return true
  let level: object | null = Object.getPrototypeOf(value)
  for (let i = 0; level !== null && i < ancestorsMax && !types.isProxy(level); i++) {
    if (builtIn.has(level)) return true
    level = Object.getPrototypeOf(level)
  }
  return false
}

/** True for the type of an error whose class is neither the language's nor a library's that we know. */
export function isOwnClass(type: string): boolean {
  return !knownTypes.has(type) && !builtInNames.has(type) && !type.startsWith('thrown:')
}

function isText(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
}

function className(prototype: object): string | undefined {
  const made = own(prototype, 'constructor')
  if (typeof made !== 'function' || types.isProxy(made)) return undefined
  const name = own(made, 'name')
  return typeof name === 'string' && name.length <= 64 ? name : undefined
}

const classShape =
  /^[A-Z$_][A-Za-z_$]{0,60}\d{0,2}[A-Za-z_]{0,40}(?:Error|Exception|Failure|Failed|Fault|Warning|Timeout|NotFound|Denied|Expired|Invalid|Conflict|Errors)\d{0,2}$/

/** True for a name as programs give it to classes of errors: `PatientNotFound`, `Http2Error`. */
export function isClassName(name: string): boolean {
  return name.length <= 64 && (knownTypes.has(name) || (classShape.test(name) && !looksPersonal(name)))
}

/** The platform's own getter, which reads an internal slot. */
const nativeName = Object.getOwnPropertyDescriptor(DOMException.prototype, 'name')?.get

/** `AbortError` and the like. */
function domName(error: object): string | undefined {
  try {
    const name: unknown = nativeName && Reflect.apply(nativeName, error, [])
    return typeof name === 'string' && knownTypes.has(name) && name !== 'Error' ? name : undefined
  } catch {
    return undefined // It only inherits from one.
  }
}
