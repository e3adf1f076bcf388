/**
 * accesscontrol: every query, one record, from the engine's own account of it (its `access` event).
 *
 * Roles, action, possession and resource are the application's names and stand in clear; attributes and the check's context
 * stay where they are. A query that throws is a refusal that could not be decided.
 */
import { AuditError } from '@trailmark/core'
import type { Decision } from '@trailmark/core/integration'
import { textOf } from './authz/read.ts'
import { checkDecisionOptions, type DecisionOptions, tellDecision } from './authz/tell.ts'
import { listOf, memberOf } from './member.ts'
import { isFirst } from './seen-before.ts'

/** An AccessControl as far as it is looked at. */
export interface AccessControlLike {
  on(name: 'access' | 'error', listener: (event: object) => void): unknown
  can(...given: never[]): unknown
}

/**
 * Records every decision of an AccessControl. Returns what it was given; listening changes nothing for it. Throws
 * `AUDIT_LIBRARY_UNKNOWN` for something else and `AUDIT_OPTION_INVALID` naming an option that cannot be.
 *
 *     const ac = auditAccessControl(new AccessControl(grants))
 *     if (!ac.can(user.role).readAny('patient').granted) return res.sendStatus(403)
 */
export function auditAccessControl<T extends AccessControlLike>(ac: T, options: DecisionOptions = {}): T {
  checkDecisionOptions('auditAccessControl', options)
  if (typeof memberOf(ac, 'on') !== 'function' || typeof memberOf(ac, 'can') !== 'function')
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', 'auditAccessControl: expected an AccessControl of accesscontrol 3')
  if (!isFirst('accesscontrol', ac)) return ac
  ac.on('access', (event) => tellDecision(options, answered(event)))
  ac.on('error', (event) => {
    if (memberOf(event, 'operation') === 'check') tellDecision(options, failed(event))
  })
  return ac
}

function answered(event: object): Decision {
  const granted = memberOf(event, 'granted') === true
  const why = textOf(memberOf(event, 'reason'))
  return {
    ...questionOf(event, memberOf(event, 'possession')),
    effect: granted ? 'allow' : 'deny',
    reason: granted ? 'role' : (reasons.get(why) ?? 'missing_permission'),
    rule: why,
  }
}

/** The engine's reasons in the catalogue's words; its own stands beside them as the rule. */
const reasons: ReadonlyMap<string | undefined, string> = new Map([
  ['no_grant', 'missing_permission'],
  ['ownership_failed', 'not_owner'],
  ['condition_failed', 'policy'],
  ['require_failed', 'policy'],
  ['out_of_schedule', 'policy'],
  ['strict', 'policy'],
])

function failed(event: object): Decision {
  const error = memberOf(event, 'error')
  return { ...questionOf(event, undefined), effect: 'deny', undecided: { error }, reason: 'undecided' }
}

/** `read:own:patient`, as a query without possession is `read:patient`. */
function questionOf(event: object, possession: unknown): Pick<Decision, 'guard' | 'permission' | 'roles' | 'targets'> {
  const resource = textOf(memberOf(event, 'resource'))
  const parts = [memberOf(event, 'action'), possession, resource].map(textOf).filter((part) => part !== undefined)
  return {
    guard: 'accesscontrol',
    permission: parts.join(':'),
    roles: listOf(memberOf(event, 'roles')).filter((role) => typeof role === 'string'),
    ...(resource === undefined ? {} : { targets: [{ type: resource }] }),
  }
}
