/**
 * In production, debugging endpoints do not exist: whoever asks for one gets the framework's own 404, and a record is made.
 *
 * The question is asked before anything of the application runs, once for every request, so an ordinary path has to be
 * passed by one look; only what that look finds suspicious is read in all the ways of `debug-guard-path.ts`.
 */
import { type AddressList, compileAddressList, plainAddress } from '../capture/address-list.ts'
import { type ClientAddress, clientAddress, type Proxies } from '../capture/client-ip.ts'
import type { CoverageRegister } from '../coverage.ts'
import { type PathReading, readPath } from './debug-guard-path.ts'
import {
  type DebugBlock,
  type DebugGuardRules,
  type DebugPattern,
  healthPaths,
  isMatch,
} from './debug-guard-patterns.ts'
import type { RawRequest } from './exchange.ts'

export interface DebugGuardParts {
  readonly rules: DebugGuardRules
  readonly proxies: Proxies
  /** Tells under which prefixes applications and routers are mounted. */
  readonly coverage: Pick<CoverageRegister, 'prefixes'>
  readonly monotonicMs: () => number
}

const traceMethod: DebugBlock = { rule: 'trace_method', reason: 'debug_route', what: 'TRACE' }
const traceOverride: DebugBlock = { ...traceMethod, reason: 'method_override' }
const unreadable: DebugBlock = { rule: 'unreadable_path', reason: 'debug_route', what: 'paths that nobody can read' }

/** Where clients put a method that shall count instead of the request's own. */
const overrides = ['x-http-method-override', 'x-http-method', 'x-method-override'] as const
const overrideParameter = /[?&]_method=([A-Za-z]{1,16})(?:&|$)/
/** How old the prefixes may be: reading them walks every route. */
const prefixesMs = 1_000

/** Loopback, private, link-local and shared addresses: whoever comes from one is inside. */
const insideRanges = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
  '::1',
  'fc00::/7',
  'fe80::/10',
]

let inside: AddressList | undefined

/** Compiled when first asked: few requests ever are, and every start would wait for it. */
function isInsideAddress(address: string): boolean {
  inside ??= compileAddressList('inside', insideRanges)
  return inside.has(address)
}

interface Prefix {
  readonly segments: readonly (string | undefined)[]
  /** Without parameters. */
  readonly literal: boolean
}

export class DebugGuard {
  readonly #parts: DebugGuardParts
  readonly #suspicious: RegExp
  readonly #first: ReadonlyMap<string, readonly DebugPattern[]>
  readonly #others: readonly DebugPattern[]
  readonly #anywhere: readonly DebugPattern[]
  #prefixes: readonly Prefix[] = []
  #prefixesMs = Number.NEGATIVE_INFINITY

  constructor(parts: DebugGuardParts) {
    this.#parts = parts
    const { patterns } = parts.rules
    this.#suspicious = suspicion(patterns)
    this.#anywhere = patterns.filter(({ where }) => where === 'anywhere')
    const rest = patterns.filter(({ where }) => where !== 'anywhere')
    this.#others = rest.filter(({ begins, segments }) => begins && segments.length === 1)
    this.#first = groupByFirst(rest.filter((pattern) => !this.#others.includes(pattern)))
  }

  /**
   * Why this request is blocked; undefined lets it through. `target` is the request target as the client wrote it, or as
   * somebody rewrote it. Never throws.
   */
  judge(req: RawRequest, target: string): DebugBlock | undefined {
    const { method, headers } = req
    if (method === 'TRACE') return traceMethod
    const query = target.indexOf('?')
    const override = overrideIn(headers, query === -1 ? '' : target, query)
    if (override === 'TRACE') return traceOverride
    if (!this.#suspicious.test(query === -1 || target[0] !== '/' ? target : target.slice(0, query))) return undefined
    const readings = readPath(target)
    if (readings === undefined) return unreadable
    for (const path of readings) {
      const pattern = this.#find(path, (one) => this.#applies(one, req, override))
      if (pattern === undefined) continue
      if (pattern.only === 'outside')
        return { rule: pattern.rule, reason: 'metrics_from_outside', what: `${pattern.text} from outside` }
      const overridden = pattern.only === 'page' && override !== undefined
      const what = pattern.only === 'page' ? `${pattern.text} as a page` : pattern.text
      return { rule: pattern.rule, reason: overridden ? 'method_override' : 'debug_route', what }
    }
    return undefined
  }

  /** The rule that keeps a registered route from being reached, by its template. Only what is blocked for everybody counts. */
  ruleOf(template: string): string | undefined {
    return this.#find(readPath(template)?.[0] ?? [], ({ only }) => only === undefined)?.rule
  }

  #find(path: PathReading, applies: (pattern: DebugPattern) => boolean): DebugPattern | undefined {
    if (path.length === 0 || healthPaths.has(`/${path.join('/')}`) || this.#isAllowed(path)) return undefined
    const found = this.#findAt(path, 0, true, applies) ?? this.#findAnywhere(path, applies)
    if (found !== undefined) return found
    for (const { segments, literal } of this.#knownPrefixes()) {
      if (segments.length >= path.length || !startsWith(path, segments)) continue
      const below = this.#findAt(path, segments.length, literal, applies)
      if (below !== undefined) return below
    }
    return undefined
  }

  #findAt(
    path: PathReading,
    at: number,
    literal: boolean,
    applies: (pattern: DebugPattern) => boolean,
  ): DebugPattern | undefined {
    const fits = (one: DebugPattern): boolean =>
      (literal || one.where !== 'word') && isMatch(one, path, at) && applies(one)
    return this.#first.get(path[at] ?? '')?.find(fits) ?? this.#others.find(fits)
  }

  #findAnywhere(path: PathReading, applies: (pattern: DebugPattern) => boolean): DebugPattern | undefined {
    for (let at = 0; at < path.length; at++) {
      if (!path[at]?.startsWith('.')) continue
      const found = this.#anywhere.find((one) => isMatch(one, path, at) && applies(one))
      if (found !== undefined) return found
    }
    return undefined
  }

  #applies({ only }: DebugPattern, req: RawRequest, override: string | undefined): boolean {
    if (only === undefined) return true
    if (only === 'outside') return isOutside(req, this.#parts.proxies)
    const method = override ?? req.method
    if (method !== 'GET' && method !== 'HEAD') return false
    return req.headers.accept?.toLowerCase().includes('text/html') === true
  }

  #isAllowed(path: PathReading): boolean {
    return this.#parts.rules.allowed.some(
      (allowed) => allowed.length === path.length && allowed.every((one, i) => one === undefined || one === path[i]),
    )
  }

  #knownPrefixes(): readonly Prefix[] {
    const nowMs = this.#parts.monotonicMs()
    if (nowMs - this.#prefixesMs >= prefixesMs) {
      this.#prefixesMs = nowMs
      this.#prefixes = this.#parts.coverage.prefixes().flatMap(readPrefix)
    }
    return this.#prefixes
  }
}

/** One look at a path. False: neither a first segment of a pattern, nor anything that may hide one. */
function suspicion(patterns: readonly DebugPattern[]): RegExp {
  const firsts = new Set<string>()
  for (const { segments } of patterns) {
    const first = segments[0] ?? ''
    if (!first.startsWith('.') && !first.startsWith('_')) firsts.add(first.replace(/[^a-z0-9]/g, '\\$&'))
  }
  // A segment that begins with a dot or an underscore, an escape, a parameter, a slash too many, a target without a slash.
  return new RegExp(`[%\\\\;]|[^\\x21-\\x7e]|^[^/]|/(?:[._/]|${[...firsts].join('|')})`, 'i')
}

function groupByFirst(patterns: readonly DebugPattern[]): ReadonlyMap<string, readonly DebugPattern[]> {
  const groups = new Map<string, DebugPattern[]>()
  for (const pattern of patterns) {
    const first = pattern.segments[0] ?? ''
    groups.set(first, [...(groups.get(first) ?? []), pattern])
  }
  return groups
}

function readPrefix(written: string): Prefix[] {
  const segments = (readPath(written)?.[0] ?? []).map((one) => (/^[a-z0-9_.~-]+$/.test(one) ? one : undefined))
  return segments.length === 0 ? [] : [{ segments, literal: !segments.includes(undefined) }]
}

function startsWith(path: PathReading, prefix: Prefix['segments']): boolean {
  return prefix.every((one, i) => one === undefined || one === path[i])
}

/** The method that shall count instead, in capitals; undefined where none is named. */
function overrideIn(headers: RawRequest['headers'], target: string, query: number): string | undefined {
  for (const name of overrides) {
    const value = headers[name]
    if (value !== undefined) return String(value).trim().slice(0, 16).toUpperCase()
  }
  if (target === '' || target.indexOf('_method=', query) === -1) return undefined
  return overrideParameter.exec(target.slice(query))?.[1]?.toUpperCase()
}

const forwarding = ['x-forwarded-for', 'x-real-ip'] as const
const forwardedMax = 64

/**
 * Whether the client is neither on this machine nor in a private network. Behind a proxy that `proxies` does not name, the
 * peer is inside whoever asks: then one public address among those the proxy tells of is enough.
 */
function isOutside(req: RawRequest, proxies: Proxies): boolean {
  const client: ClientAddress = clientAddress(req, proxies)
  if (client.address !== undefined && !isInsideAddress(client.address)) return true
  if (client.trustedHops > 0) return false
  if (req.headers['forwarded'] !== undefined) return true
  return forwarding.some((name) => {
    const told = req.headers[name]
    if (told === undefined) return false
    const entries = String(told).split(',', forwardedMax + 1)
    return entries.length > forwardedMax || entries.some((entry) => !isInside(entry.trim()))
  })
}

function isInside(entry: string): boolean {
  const address = plainAddress(entry)
  return address !== undefined && isInsideAddress(address)
}
