/**
 * What may be said of an error: its skeleton, by allow-list.
 *
 * Nearly every error of popular libraries carries input in its message, stack, cause or fields, which no list of forbidden
 * names reaches. So nothing is copied: type, code and status are checked against lists and shapes, the message is replaced by
 * the library's template for it, the stack is parsed into frames, and adapters name the fields a library fills by itself.
 * No getter of the error is ever called, and whatever was thrown, this does not throw.
 */
import { isReadable, isReadableList, own } from '../scrub/read.ts'
import type { Account, Detail, Details, Surroundings } from './adapter.ts'
import { accountOf } from './adapters.ts'
import { causesOf } from './causes.ts'
import { codeOf, ownCodeOf } from './code.ts'
import { type Frame, framesOf, frameText } from './frames.ts'
import { dataOf } from './inherited.ts'
import { templateOf } from './templates.ts'
import { type Classified, classify, isOwnClass } from './type.ts'

export interface SafeError {
  /** A registered type, the class that made it, or the built-in it comes nearest to; `thrown:string` for what is no error. */
  readonly type: string
  /** Such as `ECONNREFUSED`, `ERR_INVALID_URL`, `23505`, `P2002`, `card_declined`. */
  readonly code?: string
  /** 400 to 599. */
  readonly status?: number
  /** The template of a library's message, without what was put in: `duplicate key value violates unique constraint *`. */
  readonly message?: string
  /** `load (src/load.ts:10:5)`, innermost first, at most 30; files relative to the project or to `node_modules`. */
  readonly frames?: readonly string[]
  /** What a library's adapter found: constraint, rule codes and paths, request id. */
  readonly details?: Details
  /** Equal for errors from the same place: a token over type, code and frames. Absent without keys. */
  readonly fingerprint?: string
  /** What caused it, or what it gathers: at most 8 in all. */
  readonly causes?: readonly SafeError[]
}

/** Makes keyed fingerprints: `Tokens` are such. */
export interface Fingerprints {
  token(purpose: string, text: string): string
}

/** Frames beyond these belong to the framework and differ from run to run. */
const fingerprintFrames = 8
/** Frames of a cause: the outer error has the rest of the way. */
const causeFrames = 10
const nestingMax = 4
const noHosts: ReadonlySet<string> = new Set()

/**
 * The skeleton of anything that was thrown. `tokens` give it a fingerprint; `hosts` may be shown by HTTP clients' errors.
 * Runs no code of the error but an application's own `Error.prepareStackTrace`. Never throws.
 *
 *     safeError(new TypeError('x.y is not a function')) // { type: 'TypeError', message: '* is not a function', frames: […] }
 */
export function safeError(error: unknown, tokens?: Fingerprints, hosts: ReadonlySet<string> = noHosts): SafeError {
  try {
    const { safe, frames } = skeleton(error, hosts)
    const causes = causesOf(error)
      .map((cause) => causeOf(cause, hosts))
      .filter(saysSomething)
    const fingerprint = tokens && fingerprintOf(safe, frames, tokens)
    return {
      ...safe,
      ...(fingerprint === undefined ? {} : { fingerprint }),
      ...(causes.length === 0 ? {} : { causes }),
    }
  } catch {
    return { type: typeAlone(error) }
  }
}

/** Only exhaustion gets here: of the stack, or of the memory for a message of megabytes. */
function typeAlone(error: unknown): string {
  try {
    return classify(error).type
  } catch {
    return 'Error'
  }
}

/** Libraries put option bags and payloads under `cause` as well. */
function saysSomething(cause: SafeError): boolean {
  return cause.type !== 'thrown:object' || Object.keys(cause).length > 1
}

function causeOf(error: unknown, hosts: ReadonlySet<string>): SafeError {
  const { frames, ...safe } = skeleton(error, hosts).safe
  return frames === undefined ? safe : { ...safe, frames: frames.slice(0, causeFrames) }
}

function skeleton(error: unknown, hosts: ReadonlySet<string>): { safe: SafeError; frames: readonly Frame[] } {
  const classified = classify(error)
  const { type } = classified
  if (isReadableList(error)) {
    const { details } = describe(error, classified, hosts, 0) ?? {}
    return { safe: { type, ...detailsMember(details) }, frames: [] }
  }
  if (!isReadable(error)) return { safe: { type }, frames: [] }
  const account = describe(error, classified, hosts, 0)
  const code = account?.code ?? codeOf(error) ?? (isOwnClass(type) ? ownCodeOf(error) : undefined)
  const status = errorStatus(account?.status) ?? statusOf(error)
  const text = messageOf(error, classified)
  // What somebody threw that is no error follows no library's template.
  const message = account?.message ?? (type.startsWith('thrown:') ? undefined : templateOf(text))
  const frames = readFrames(error, classified, text)
  return {
    safe: {
      type,
      ...(code === undefined ? {} : { code }),
      ...(status === undefined ? {} : { status }),
      ...(message === undefined ? {} : { message }),
      ...(frames.length === 0 ? {} : { frames: frames.map(frameText) }),
      ...detailsMember(account?.details),
    },
    frames,
  }
}

function describe(
  error: object,
  { names }: Classified,
  hosts: ReadonlySet<string>,
  depth: number,
): Account | undefined {
  const around: Surroundings = {
    names,
    hosts,
    describe(inner) {
      if (!isReadable(inner) || depth >= nestingMax) return undefined
      const account = describe(inner, classify(inner), hosts, depth + 1)
      return account === undefined ? undefined : { ...account, code: account.code ?? codeOf(inner) }
    },
  }
  return accountOf(error, around)
}

function detailsMember(details: Account['details']): { details?: Details } {
  const kept: Record<string, Detail> = {}
  for (const [key, detail] of Object.entries(details ?? {})) if (detail !== undefined) kept[key] = detail
  return Object.keys(kept).length === 0 ? {} : { details: kept }
}

function statusOf(error: object): number | undefined {
  return errorStatus(dataOf(error, 'status')) ?? errorStatus(dataOf(error, 'statusCode'))
}

function errorStatus(status: unknown): number | undefined {
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status <= 599 ? status : undefined
}

const nativeMessage = Object.getOwnPropertyDescriptor(DOMException.prototype, 'message')?.get

/** The message as it is now, for the templates and to find the end of it in the stack. */
function messageOf(error: object, { names }: Classified): string {
  const message = own(error, 'message') ?? (names.has('DOMException') ? platformMessage(error) : undefined)
  return typeof message === 'string' ? message : ''
}

/** The platform's own getter; it throws for what is no DOMException. */
function platformMessage(error: object): unknown {
  try {
    return nativeMessage && Reflect.apply(nativeMessage, error, [])
  } catch {
    return undefined
  }
}

function readFrames(error: object, { inert, type }: Classified, message: string): readonly Frame[] {
  if (!inert || (type === 'thrown:object' && !Object.hasOwn(error, 'stack'))) return []
  try {
    return framesOf(error, message)
  } catch {
    return [] // An application's own `prepareStackTrace` may throw.
  }
}

function fingerprintOf({ type, code = '' }: SafeError, frames: readonly Frame[], tokens: Fingerprints): string {
  const places = frames.slice(0, fingerprintFrames).map(({ name = '?', file }) => `${name}@${file}`)
  return tokens.token('error', [type, code, ...places].join('\n'))
}
