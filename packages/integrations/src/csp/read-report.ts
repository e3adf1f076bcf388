/**
 * Reports of browsers about violations of a Content-Security-Policy, in both forms: `application/csp-report` (one report) and
 * `application/reports+json` of the Reporting API (a list).
 *
 * Anybody can send anything here. Of a report only words of closed lists are taken, and the origin of what was blocked, which
 * becomes a token: addresses of pages and samples of scripts hold whatever the page held.
 */
import { catalogue } from '@trailmark/core'
import { memberOf } from '../member.ts'

/** What a record says of one violation. */
export interface Violation {
  readonly enforced: boolean
  readonly directive: string
  readonly blocked: string
  /** The origin of what was blocked: `https://cdn.example`. */
  readonly origin?: string
  /** Of the page's own answer. */
  readonly status?: number
}

/** Reports of one request that are read; a browser sends a few. */
const reportsMax = 20
const addressCharsMax = 2_048

/** The violations in a body, parsed or as text. None for what is no report. Never throws. */
export function violationsIn(body: unknown): Violation[] {
  const parsed = typeof body === 'string' || body instanceof Uint8Array ? parse(body) : body
  const single = memberOf(parsed, 'csp-report')
  if (typeof single === 'object' && single !== null) return [violationOf(single, hyphened)]
  const list: readonly unknown[] = Array.isArray(parsed) ? parsed.slice(0, reportsMax) : [parsed]
  return list
    .filter((report) => memberOf(report, 'type') === 'csp-violation')
    .map((report) => violationOf(memberOf(report, 'body'), camelled))
}

function parse(body: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body))
  } catch {
    return undefined
  }
}

interface Names {
  readonly directive: readonly string[]
  readonly blocked: string
  readonly status: string
}

const hyphened: Names = {
  directive: ['effective-directive', 'violated-directive'],
  blocked: 'blocked-uri',
  status: 'status-code',
}
const camelled: Names = { directive: ['effectiveDirective'], blocked: 'blockedURL', status: 'statusCode' }

function violationOf(report: unknown, names: Names): Violation {
  const status = memberOf(report, names.status)
  const blocked = memberOf(report, names.blocked)
  const origin = originOf(blocked)
  return {
    enforced: memberOf(report, 'disposition') !== 'report',
    directive: directiveIn(report, names.directive),
    blocked: origin === undefined ? kindOf(blocked) : 'origin',
    ...(origin === undefined ? {} : { origin }),
    ...(typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599 ? { status } : {}),
  }
}

/** As the event knows them. */
const directives: ReadonlySet<string> = new Set(catalogue.csp_violation_reported.metadata.directive.values)

/** Older browsers write the whole directive with its sources: `script-src 'self'`. */
function directiveIn(report: unknown, names: readonly string[]): string {
  for (const name of names) {
    const written = memberOf(report, name)
    if (typeof written !== 'string') continue
    const first = written.slice(0, 64).trimStart().split(' ', 1)[0] ?? ''
    if (directives.has(first)) return first
  }
  return 'other'
}

/** The words that stand in the place of an address; what else has no origin is `other`. */
const kinds: ReadonlyMap<unknown, string> = new Map([
  ['inline', 'inline'],
  ['eval', 'eval'],
  ['wasm-eval', 'wasm-eval'],
  ['trusted-types-policy', 'trusted-types'],
  ['trusted-types-sink', 'trusted-types'],
  ['self', 'self'],
  ['data', 'data'],
  ['data:', 'data'],
  ['blob', 'blob'],
  ['blob:', 'blob'],
  ['', 'none'],
  [undefined, 'none'],
])

function kindOf(blocked: unknown): string {
  return kinds.get(blocked) ?? 'other'
}

function originOf(address: unknown): string | undefined {
  if (typeof address !== 'string' || address.length > addressCharsMax || !/^(?:https?|wss?):/i.test(address))
    return undefined
  try {
    const { protocol, host } = new URL(address)
    return host === '' ? undefined : `${protocol}//${host}`
  } catch {
    return undefined
  }
}
