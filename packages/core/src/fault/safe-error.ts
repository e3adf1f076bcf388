/**
 * What may be said of an error: its skeleton, by allow-list.
 *
 * Nearly every error of popular libraries carries input in its message, stack, cause or fields, which no list of forbidden
 * names reaches. So nothing is taken but a known type, a code that looks like one, an HTTP status, and a keyed fingerprint
 * of where it came from. No message, no field, no getter of it is ever read, and whatever was thrown, this does not throw.
 */
import { types } from 'node:util'
import { looksPersonal } from '../scrub/identifier.ts'
import { isReadable, isReadableList, own } from '../scrub/read.ts'
import { framesOf } from './frames.ts'

export interface SafeError {
  /** The built-in type it is, or comes nearest to; `thrown:string` and the like for what is no error. */
  readonly type: string
  /** Such as `ECONNREFUSED` or `ERR_INVALID_URL`. */
  readonly code?: string
  /** 400 to 599. */
  readonly status?: number
  /** Equal for errors from the same place: a token over type, code and frames. Absent without keys. */
  readonly fingerprint?: string
  /** What caused it, or what it gathers: at most 8 in all. */
  readonly causes?: readonly SafeError[]
}

/** Makes keyed fingerprints: `Tokens` are such. */
export interface Fingerprints {
  token(purpose: string, text: string): string
}

const causesMax = 8
/** Frames beyond these belong to the framework and differ from run to run. */
const fingerprintFrames = 8

/** The skeleton of anything that was thrown. `tokens` give it a fingerprint. Never throws. */
export function safeError(error: unknown, tokens?: Fingerprints): SafeError {
  try {
    const causes = causesOf(error).map((cause) => skeleton(cause))
    const fingerprint = tokens && fingerprintOf(error, tokens)
    return {
      ...skeleton(error),
      ...(fingerprint === undefined ? {} : { fingerprint }),
      ...(causes.length === 0 ? {} : { causes }),
    }
  } catch {
    // An application's own `prepareStackTrace` may throw, and the stack may be exhausted.
    return { type: 'Error' }
  }
}

function skeleton(error: unknown): SafeError {
  const type = typeOf(error)
  if (!isReadable(error)) return { type }
  const code = codeOf(error)
  const status = statusOf(error)
  return { type, ...(code === undefined ? {} : { code }), ...(status === undefined ? {} : { status }) }
}

/** Prototypes whose names may be shown: the language's and the platform's. */
const known = new Map<object, string>(
  [AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, DOMException, Error].map(
    (type) => [type.prototype, type.name],
  ),
)
const ancestorsMax = 16

function typeOf(error: unknown): string {
  if (error === null) return 'thrown:null'
  if (typeof error !== 'object') return `thrown:${typeof error}`
  let ancestor: object | null = error
  for (let i = 0; ancestor !== null && i < ancestorsMax; i++) {
    // Asking a proxy for its prototype would run its trap.
    if (types.isProxy(ancestor)) return ancestor === error ? 'thrown:proxy' : 'Error'
    const name = known.get(ancestor)
    if (name !== undefined) return name
    ancestor = Object.getPrototypeOf(ancestor)
  }
  // An error of another realm has prototypes of its own.
  return types.isNativeError(error) ? 'Error' : 'thrown:object'
}

const codeShape = /^[A-Z][A-Z0-9_]{1,63}$/
/** Words joined by `_`, errno names, and short codes; a long run of letters and digits is rather a secret. */
const codeWords = /^(?:[A-Z][A-Z0-9]{0,23}(?:_[A-Z0-9]{1,23})+|[A-Z]{2,24}|[A-Z]{1,12}\d{1,5})$/
const sqlState = /^[0-9A-Z]{5}$/

function codeOf(error: object): string | undefined {
  const code = own(error, 'code')
  if (typeof code !== 'string' || code.length > 64) return undefined
  if (codeShape.test(code) && codeWords.test(code) && !looksPersonal(code)) return code
  // Five digits may be anybody's one-time code, so only where a database driver's own fields stand beside them.
  const driver = typeof own(error, 'severity') === 'string' && Object.hasOwn(error, 'routine')
  return driver && sqlState.test(code) ? code : undefined
}

function statusOf(error: object): number | undefined {
  for (const name of ['status', 'statusCode']) {
    const status = own(error, name)
    if (typeof status === 'number' && Number.isInteger(status) && status >= 400 && status <= 599) return status
  }
  return undefined
}

/** Causes and gathered errors, nearest first. The bound also ends circles. */
function causesOf(error: unknown): unknown[] {
  const seen = new Set<unknown>([error])
  const found: unknown[] = []
  for (const one of seen) {
    if (one !== error) found.push(one)
    if (found.length === causesMax) break
    if (!isReadable(one)) continue
    const cause = own(one, 'cause')
    if (cause !== undefined) seen.add(cause)
    const gathered = own(one, 'errors')
    if (!isReadableList(gathered) || !types.isNativeError(one)) continue
    for (let i = 0; i < Math.min(gathered.length, causesMax); i++) seen.add(own(gathered, i))
  }
  return found
}

function fingerprintOf(error: unknown, tokens: Fingerprints): string | undefined {
  const { type, code = '' } = skeleton(error)
  const frames = isReadable(error) ? framesOf(error).slice(0, fingerprintFrames) : []
  return tokens.token('error', [type, code, ...frames].join('\n'))
}
