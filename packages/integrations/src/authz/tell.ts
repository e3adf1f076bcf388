/**
 * What all integrations of policy engines share: their options, how those are checked, and the one way a decision is told.
 */
import { type Audit, AuditError } from '@trailmark/core'
import { auditFor, type Decision, recordDecision } from '@trailmark/core/integration'

export interface DecisionOptions {
  /** Default: the audit that follows the request, else the process's own. */
  readonly audit?: Audit
  /** Your name of the policy that decides, where the engine has none of its own: at most 64 characters, no spaces. */
  readonly policyId?: string
  readonly policyVersion?: string
}

/** Records a decision with the audit of its request. Throws as `createAudit()` does where the process's own must be made. */
export function tellDecision(options: DecisionOptions, decision: Decision): void {
  recordDecision(auditFor(options.audit, decision.request), {
    ...decision,
    policyId: decision.policyId ?? options.policyId,
    policyVersion: decision.policyVersion ?? options.policyVersion,
  })
}

type Kind = 'text' | 'function' | 'object' | readonly string[]

const common: Readonly<Record<string, Kind>> = { audit: 'object', policyId: 'text', policyVersion: 'text' }

/** Throws `AUDIT_OPTION_INVALID` naming the option of `where` that does not exist or is not of its kind. */
export function checkOptions(where: string, options: unknown, more: Readonly<Record<string, Kind>> = {}): void {
  if (typeof options !== 'object' || options === null) throw invalid(where, 'options', 'must be an object')
  const kinds = { ...common, ...more }
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
    if (kind === undefined) throw invalid(where, name, `is not known; there are ${Object.keys(kinds).join(', ')}`)
    if (value !== undefined && !isOf(kind, value)) throw invalid(where, name, `must be ${written(kind)}`)
  }
}

function isOf(kind: Kind, value: unknown): boolean {
  if (kind === 'text') return typeof value === 'string' && value !== ''
  if (kind === 'function') return typeof value === 'function'
  if (kind === 'object') return typeof value === 'object' && value !== null
  return kind.some((word) => word === value)
}

function written(kind: Kind): string {
  if (kind === 'text') return 'a text that is not empty'
  return typeof kind === 'string' ? `${kind === 'object' ? 'an' : 'a'} ${kind}` : `one of ${kind.join(', ')}`
}

function invalid(where: string, name: string, problem: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `${where}: option ${name} ${problem}`)
}
