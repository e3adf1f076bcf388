/**
 * What may be written of the arguments of a log call: values by the scrubber, errors as their skeleton, requests and responses
 * as method and status.
 *
 * Frameworks hand their own request, reply and error to their logger, and everything a client sent hangs on those.
 */
import { types } from 'node:util'
import type { SafeError } from '../fault/safe-error.ts'
import { withoutMessagesOf } from '../fault/spoken.ts'
import { isError } from '../fault/type.ts'
import type { Scrubber } from '../scrub/scrubber.ts'
import { httpSkeletonOf } from './message-kind.ts'

export interface LogRules {
  readonly scrubber: Scrubber
  readonly safeError: (error: unknown) => SafeError
  /** What only the framework knows of its own messages: without the request that is quoted in them. */
  readonly message?: (text: string) => string
  /** The target of the request in progress, if there is one: it does not belong into messages. */
  readonly target?: () => string | undefined
}

type Fields = Record<string, unknown>

const membersMax = 500
const messageCharsMax = 8_192
/** A quotation shorter than this is not looked for in messages: it would be found everywhere. */
const quotedCharsMin = 4

/** The arguments as a logger may have them: fields and a finished message. Runs no code of the values; never throws. */
export function cleanLogged(given: readonly unknown[], rules: LogRules): unknown[] {
  const [first, ...others] = given
  const leading = typeof first === 'string'
  const [message, ...values] = leading ? given : others
  const fields = leading ? {} : fieldsOf(first, rules)
  const errors = [first, ...members(first), ...others].filter(isError)
  if (typeof message !== 'string') {
    const rest = others.filter((one) => one !== undefined)
    return rest.length === 0 ? [fields] : [{ ...fields, ...fieldsOf(rest.length === 1 ? rest[0] : rest, rules) }]
  }
  return leading ? [messageOf(message, values, errors, rules)] : [fields, messageOf(message, values, errors, rules)]
}

/** Members of an object that was logged, or bound to a child logger. */
export function fieldsOf(logged: unknown, rules: LogRules): Fields {
  if (logged === undefined || logged === null) return {}
  if (isError(logged)) return { error: rules.safeError(logged) }
  const http = httpSkeletonOf(logged)
  if (http !== undefined) return { http }
  if (!isPlain(logged)) return { value: rules.scrubber.scrub(logged) }
  const rest: Fields = {}
  const found: Fields = {}
  for (const key of Object.keys(logged).slice(0, membersMax)) {
    const value = own(logged, key)
    const skeleton = httpSkeletonOf(value)
    if (skeleton !== undefined) found['http'] = { ...Object(found['http']), ...skeleton }
    else if (isError(value)) found[key === 'err' ? 'error' : key] = rules.safeError(value)
    // A key that every object inherits would be looked up by some loggers.
    else rest[key in Object.prototype ? `_${key}` : key] = value
  }
  const scrubbed = rules.scrubber.scrub(rest)
  return { ...(isPlain(scrubbed) ? scrubbed : { value: scrubbed }), ...found }
}

function messageOf(text: string, values: readonly unknown[], errors: readonly object[], rules: LogRules): string {
  // Frameworks give an error's message as the line's: it quotes input, so the library's template stands for it.
  let message = withoutMessagesOf(errors, text.slice(0, messageCharsMax))
  message = rules.message?.(message) ?? message
  let used = 0
  const filled = message.replace(/%[sdifoOjc%]/g, (sign) => {
    if (sign === '%%') return '%'
    return used < values.length ? asText(rules.scrubber.scrub(unquoted(values[used++], errors))) : sign
  })
  return rules.scrubber.text(withoutTarget(filled, rules.target?.()))
}

const unquoted = (value: unknown, errors: readonly object[]) =>
  typeof value === 'string' ? withoutMessagesOf(errors, value) : value

/** A message that names the request's own target quotes whatever the client has put into it. */
function withoutTarget(text: string, target: string | undefined): string {
  if (target === undefined || target.length < quotedCharsMin) return text
  const path = target.split('?', 1)[0] ?? target
  const without = text.replaceAll(target, '[url]')
  return path.length < quotedCharsMin ? without : without.replaceAll(path, '[url]')
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
}

function members(value: unknown): unknown[] {
  return isPlain(value)
    ? Object.keys(value)
        .slice(0, membersMax)
        .map((key) => own(value, key))
    : []
}

/** An object whose members are its content. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value) || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || !(types.isMap(value) || isSpecial(value))
}

function isSpecial(value: object): boolean {
  return (
    types.isSet(value) ||
    types.isDate(value) ||
    types.isRegExp(value) ||
    types.isPromise(value) ||
    types.isBoxedPrimitive(value) ||
    types.isAnyArrayBuffer(value) ||
    ArrayBuffer.isView(value)
  )
}

function own(value: object, name: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(value, name)
  return descriptor === undefined || 'value' in descriptor ? descriptor?.value : '[getter]'
}
