/**
 * What all integrations of policy engines share: their options, how those are checked, and the one way a decision is told.
 */
import type { Audit } from '@trailmark/core'
import { auditFor, type Decision, recordDecision } from '@trailmark/core/integration'
import { checkOptions, type OptionKind } from '../check-options.ts'

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

/** `checkOptions` for options that are of these and `more`. */
export function checkDecisionOptions(
  where: string,
  options: unknown,
  more: Readonly<Record<string, OptionKind>> = {},
): void {
  checkOptions(where, options, { policyId: 'text', policyVersion: 'text', ...more })
}
