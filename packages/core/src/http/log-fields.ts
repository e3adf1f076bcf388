/**
 * What may be written of the arguments of a log call: values by the scrubber, errors as their skeleton, requests and responses
 * as method and status.
 *
 * Frameworks hand their own request, reply and error to their logger, and everything a client sent hangs on those.
 */
import { IncomingMessage, OutgoingMessage } from 'node:http'
import { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { types } from 'node:util'
import type { SafeError } from '../fault/safe-error.ts'
import type { Scrubber } from '../scrub/scrubber.ts'

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
  const errors = [first, ...members(first)].filter(isErrorLike)
  if (typeof message !== 'string') {
    const rest = others.filter((one) => one !== undefined)
    return rest.length === 0 ? [fields] : [{ ...fields, ...fieldsOf(rest.length === 1 ? rest[0] : rest, rules) }]
  }
  return leading ? [messageOf(message, values, errors, rules)] : [fields, messageOf(message, values, errors, rules)]
}

/** Members of an object that was logged, or bound to a child logger. */
export function fieldsOf(logged: unknown, rules: LogRules): Fields {
  if (logged === undefined || logged === null) return {}
  if (isErrorLike(logged)) return { error: rules.safeError(logged) }
  const http = httpOf(logged)
  if (http !== undefined) return { http }
  if (!isPlain(logged)) return { value: rules.scrubber.scrub(logged) }
  const rest: Fields = {}
  const found: Fields = {}
  for (const key of Object.keys(logged).slice(0, membersMax)) {
    const value = own(logged, key)
    const skeleton = httpOf(value)
    if (skeleton !== undefined) found['http'] = { ...Object(found['http']), ...skeleton }
    else if (isErrorLike(value)) found[key === 'err' ? 'error' : key] = rules.safeError(value)
    // A key that every object inherits would be looked up by some loggers.
    else rest[key in Object.prototype ? `_${key}` : key] = value
  }
  const scrubbed = rules.scrubber.scrub(rest)
  return { ...(isPlain(scrubbed) ? scrubbed : { value: scrubbed }), ...found }
}

function messageOf(text: string, values: readonly unknown[], errors: readonly object[], rules: LogRules): string {
  let message = text.slice(0, messageCharsMax)
  for (const error of errors) {
    // Frameworks give an error's message as the line's: it quotes input, so the library's template stands for it.
    const quoted = own(error, 'message')
    if (typeof quoted !== 'string' || quoted.length < quotedCharsMin) continue
    const { message: template, type } = rules.safeError(error)
    message = message.replaceAll(quoted.slice(0, messageCharsMax), () => template ?? type)
  }
  message = rules.message?.(message) ?? message
  let used = 0
  const filled = message.replace(/%[sdifoOjc%]/g, (sign) => {
    if (sign === '%%') return '%'
    return used < values.length ? asText(rules.scrubber.scrub(values[used++])) : sign
  })
  return rules.scrubber.text(withoutTarget(filled, rules.target?.()))
}

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

/** Method or status of a request or response, of Node's or of a framework around it; undefined for any other value. */
function httpOf(value: unknown): { method?: string; status?: number } | undefined {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return undefined
  const message = isMessage(value) ? value : (own(value, 'raw') ?? own(value, 'req'))
  if (!isMessage(message)) return undefined
  if (message instanceof OutgoingMessage || message instanceof Http2ServerResponse) {
    const status = 'statusCode' in message ? message.statusCode : undefined
    return typeof status === 'number' ? { status } : {}
  }
  const method = message instanceof Http2ServerRequest ? message.method : own(message, 'method')
  return typeof method === 'string' && /^[A-Z-]{1,20}$/.test(method) ? { method } : {}
}

/** Node's own, or what tests inject in their place: streams with the fields of one. */
function isMessage(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false
  if (value instanceof IncomingMessage || value instanceof OutgoingMessage) return true
  if (value instanceof Http2ServerRequest || value instanceof Http2ServerResponse) return true
  return Object.hasOwn(value, 'rawHeaders') && Object.hasOwn(value, 'headers')
}

const ancestorsMax = 16

/** Errors of every making: some libraries build theirs on `Error.prototype` alone. */
function isErrorLike(value: unknown): value is object {
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
