/**
 * Where our headers may go: lists of origins from the configuration, asked once per outgoing request and redirect hop.
 *
 *     https://api.example.com          this origin, default port
 *     http://127.0.0.1:8080            this origin
 *     http://*.orders.internal:8080    every host below orders.internal, not the name itself
 *     https://api.example.com:*        this host on any port
 *
 * Default: none. A bare `*` is refused, since "everywhere" would hand ids and baggage to every third party that the
 * service ever calls; so is a wildcard for a whole top-level domain.
 */
import { AuditError } from '../errors.ts'
import type { OutboundOptions } from '../options.ts'

/** What may be sent to a destination: bits, so that one look-up answers for all headers. */
export const TRACE = 1
export const REQUEST_ID = 2
export const BAGGAGE = 4

/** The destination of an outgoing request. */
export interface Destination {
  /** `scheme://host` or `scheme://host:port`, as the client library gives it. */
  readonly origin: string
  /** False when the client library does not say which port it connects to: only entries for any port count then. */
  readonly portKnown: boolean
}

export interface Allowlist {
  /** Whether nothing is allowed anywhere. */
  readonly empty: boolean
  /** The sum of TRACE, REQUEST_ID and BAGGAGE that may be sent there; 0 for what is not an http(s) origin. Never throws. */
  grants(destination: Destination): number
}

interface Entry {
  readonly bits: number
  readonly protocol: string
  /** A host name, or with a leading dot the end of one. */
  readonly host: string
  /** Undefined: any. */
  readonly port: string | undefined
}

const REMEMBERED_MAX = 256

/** Compiles the `outbound` option. Throws AUDIT_OPTION_INVALID, naming the entry, for what is not an origin. */
export function compileAllowlist(options: OutboundOptions | undefined): Allowlist {
  const entries = [
    ...compileList('outbound.trace', options?.trace, TRACE),
    ...compileList('outbound.requestId', options?.requestId, REQUEST_ID),
    ...compileList('outbound.baggage', options?.baggage, BAGGAGE),
  ]
  const remembered = new Map<string, number>()
  return {
    empty: entries.length === 0,
    grants({ origin, portKnown }) {
      const key = portKnown ? origin : `${origin} any port`
      const known = remembered.get(key)
      if (known !== undefined) return known
      const bits = judge(entries, origin, portKnown)
      if (remembered.size === REMEMBERED_MAX) remembered.clear()
      remembered.set(key, bits)
      return bits
    },
  }
}

function judge(entries: readonly Entry[], origin: string, portKnown: boolean): number {
  const url = parseOrigin(origin)
  if (url === undefined) return 0
  let bits = 0
  for (const entry of entries) {
    const portFits = entry.port === undefined || (portKnown && entry.port === portOf(url))
    const hostFits = entry.host.startsWith('.') ? url.hostname.endsWith(entry.host) : url.hostname === entry.host
    if (portFits && hostFits && entry.protocol === url.protocol) bits |= entry.bits
  }
  return bits
}

function compileList(option: string, list: readonly string[] | undefined, bits: number): Entry[] {
  if (list === undefined) return []
  if (!Array.isArray(list)) throw invalid(option, 'must be a list of origins')
  return list.map((text: unknown, i) => compileEntry(`${option}[${i}]`, text, bits))
}

const FORM = /^(https?:\/\/)(\*\.)?([^/?#@:*[\]]+|\[[0-9a-f:.]+\])(:\*|:\d{1,5})?\/?$/i

function compileEntry(option: string, text: unknown, bits: number): Entry {
  if (typeof text !== 'string') throw invalid(option, 'must be an origin such as https://api.example.com')
  if (/^(https?:\/\/)?\*$/i.test(text)) {
    throw invalid(option, `'${text}' would send our headers everywhere; name the origins that may have them`)
  }
  const parts = FORM.exec(text)
  const [, scheme = '', wildcard, host = '', port = ''] = parts ?? []
  const url = parts === null ? undefined : parseOrigin(`${scheme}${host}${port === ':*' ? '' : port}`)
  if (url === undefined) {
    throw invalid(
      option,
      `'${text.slice(0, 80)}' is not an origin; write scheme, host and port alone, as in https://api.example.com`,
    )
  }
  if (wildcard !== undefined && !/^[^.]+\.[^.]+/.test(url.hostname)) {
    throw invalid(option, `'${text.slice(0, 80)}' covers a whole top-level domain`)
  }
  return {
    bits,
    protocol: url.protocol,
    host: wildcard === undefined ? url.hostname : `.${url.hostname}`,
    port: port === ':*' ? undefined : portOf(url),
  }
}

/** The URL of an origin that is nothing but an origin. */
function parseOrigin(text: string): URL | undefined {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined
  const bare =
    url.username === '' && url.password === '' && url.pathname === '/' && url.search === '' && url.hash === ''
  return bare ? url : undefined
}

function portOf(url: URL): string {
  return url.port !== '' ? url.port : url.protocol === 'https:' ? '443' : '80'
}

function invalid(option: string, reason: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `${option}: ${reason}`)
}
