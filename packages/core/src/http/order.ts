/**
 * Says once when the audit was mounted where it cannot see everything.
 *
 * What runs before us is not followed: an upload refused by a body parser or a login refused by a guard leaves no line.
 * Nothing breaks, so nobody would notice; each problem is therefore told once per process, with what to do about it.
 */
import type { Audit } from '../audit.ts'
import { runtimeOf } from '../runtime.ts'

/**
 * `body`: after something that read the body. `identity`: after authentication. `twice`: a second time for one request.
 * `missing`: a declared route was reached without it.
 */
export type OrderProblem = 'body' | 'identity' | 'twice' | 'missing'

const told = {
  body: [
    'AUDIT_MOUNTED_AFTER_BODY_PARSER',
    'The audit is mounted after a body parser: requests the parser refuses are not recorded. Mount the audit first.',
  ],
  identity: [
    'AUDIT_MOUNTED_AFTER_AUTHENTICATION',
    'The audit is mounted after authentication: refused logins are not recorded. Mount the audit first.',
  ],
  twice: [
    'AUDIT_MOUNTED_TWICE',
    'The audit is mounted twice for the same requests: the second one does nothing. Remove one of them.',
  ],
  missing: [
    'AUDIT_NOT_MOUNTED',
    'A route declares an access, but the audit is not mounted in front of it; the default audit recorded it. Mount it first.',
  ],
} as const

/** Tells the operator about a problem of order, at most once per process. `where` names the culprit, if it is known. */
export function tellOrder(audit: Audit, problem: OrderProblem, where?: string): void {
  const [code, sentence] = told[problem]
  runtimeOf(audit).notice(code, where === undefined ? sentence : `${sentence} (seen: ${where})`)
}

/** Names that common body parsers and authentication give their middleware: how a list of layers shows the order. */
const byName: Readonly<Record<string, OrderProblem>> = {
  jsonParser: 'body',
  urlencodedParser: 'body',
  textParser: 'body',
  rawParser: 'body',
  bodyParser: 'body',
  multerMiddleware: 'body',
  session: 'identity',
  _cookieSession: 'identity',
  authenticate: 'identity',
  initialize: 'identity',
  passport: 'identity',
}

/** The problem that mounting after a middleware of this name is, if its name is one of the known ones. */
export function orderProblemOf(name: string): OrderProblem | undefined {
  return Object.hasOwn(byName, name) ? byName[name] : undefined
}
