/**
 * The endpoint for reports of browsers about violations of a Content-Security-Policy: what they report is a record.
 *
 * Whoever knows the address can send reports. So the body is bounded, nothing of it is written but words of closed lists and
 * the token of an origin, and a flood of equal reports becomes a count.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Audit } from '@trailmark/core'
import { auditFor, recordFolded } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { type Violation, violationsIn } from './csp/read-report.ts'
import { memberOf } from './member.ts'

export interface CspReportOptions {
  /** Default: the audit that follows the request, else the process's own. */
  readonly audit?: Audit
}

/** A larger report is not read: browsers cut their samples, and reports are small. */
const bodyBytesMax = 65_536

/**
 * A handler for Node's own server, Express, and whatever hands out Node's request and response. It answers 204 to everything
 * but a body of more than 64 KiB (413), and records each violation as `csp_violation_reported`. A body that was parsed before
 * is taken from `req.body`. Throws `AUDIT_OPTION_INVALID` naming an option that cannot be.
 *
 *     app.post('/csp-reports', cspReports())
 *     // Content-Security-Policy: …; report-uri /csp-reports
 */
export function cspReports(options: CspReportOptions = {}): (req: IncomingMessage, res: ServerResponse) => void {
  checkOptions('cspReports', options)
  return (req, res) => {
    const parsed = memberOf(req, 'body')
    if (parsed !== undefined && isWorthReading(parsed)) {
      tellAll(violationsIn(parsed), options, req)
      answer(res, 204)
      return
    }
    readBody(req, (body) => {
      if (body !== undefined) tellAll(violationsIn(body), options, req)
      answer(res, body === undefined ? 413 : 204)
    })
  }
}

/** Parsers leave an empty object for types that they do not know; the body is unread then. */
function isWorthReading(parsed: unknown): boolean {
  if (typeof parsed !== 'object' || parsed instanceof Uint8Array) return true
  return parsed !== null && Object.keys(parsed).length > 0
}

/** The whole body, or undefined for one that is too large. A client that leaves gets no answer. */
function readBody(req: IncomingMessage, done: (body: Uint8Array | undefined) => void): void {
  const chunks: Uint8Array[] = []
  let size = 0
  if (req.readableEnded) {
    done(new Uint8Array())
    return
  }
  req.on('data', (chunk: Uint8Array) => {
    size += chunk.length
    if (size <= bodyBytesMax) chunks.push(chunk)
    else chunks.length = 0
  })
  req.on('end', () => done(size > bodyBytesMax ? undefined : Buffer.concat(chunks)))
  // Without a listener a connection that breaks would be an error nobody handles.
  req.on('error', () => undefined)
}

function answer(res: ServerResponse, status: number): void {
  if (res.headersSent || res.destroyed) return
  res.statusCode = status
  res.end()
}

function tellAll(violations: readonly Violation[], options: CspReportOptions, req: IncomingMessage): void {
  try {
    for (const violation of violations) tell(auditFor(options.audit, req), violation, req)
  } catch {
    // What cannot be recorded is still taken in.
  }
}

function tell(audit: Audit, { enforced, directive, blocked, origin, status }: Violation, req: IncomingMessage): void {
  const reason = enforced ? 'enforced' : 'report_only'
  const shared = { reason, metadata: { directive, blocked } }
  const event = {
    reason,
    metadata: {
      directive,
      blocked,
      ...(origin === undefined ? {} : { origin }),
      ...(status === undefined ? {} : { status }),
    },
  }
  recordFolded(audit, { type: 'csp_violation_reported', rule: `${directive} ${blocked}`, event, shared }, req)
}
