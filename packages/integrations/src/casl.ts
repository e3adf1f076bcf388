/**
 * CASL: whatever an ability is asked, one record of the answer.
 *
 * `can()`, `cannot()` and `ForbiddenError` all look for the relevant rule, and that is where they are seen: which permission was
 * asked for, which rule answered. Conditions and the values they are compared with stay where they are. Lists are filtered by
 * asking for every row; the same answer by the same rule is one record per request.
 */
import { AuditError, type TargetInput } from '@trailmark/core'
import { ask, type CallEnd, type Decision, watchCall, wrapOnce } from '@trailmark/core/integration'
import { identifierOf, identifiersOf, textOf } from './authz/read.ts'
import { checkDecisionOptions, type DecisionOptions, tellDecision } from './authz/tell.ts'
import { memberOf } from './member.ts'

/** An ability as far as it is looked at. */
export interface AbilityLike {
  relevantRuleFor(...given: never[]): unknown
  detectSubjectType(...given: never[]): unknown
}

export interface CaslOptions extends DecisionOptions {
  /**
   * Identifier of the thing that was asked about, given the object; stored as a token. With it each thing asked about is a
   * record of its own, up to 256 in a request; without it a filtered list is one.
   */
  readonly id?: (subject: unknown) => unknown
  /** Identifiers of the people whose data it is, given the object; stored as pseudonyms. */
  readonly subject?: (subject: unknown) => unknown
}

/**
 * Records every decision of an ability: `authz_allow`, `authz_deny`. Takes one ability, or the class `Ability` for all that are
 * made from it. Returns what it was given; the answers stay the same. Throws `AUDIT_LIBRARY_UNKNOWN` for something else and
 * `AUDIT_OPTION_INVALID` naming an option that cannot be.
 *
 *     const ability = auditCasl(createMongoAbility(rulesOf(user)), { policyId: 'clinic', policyVersion: '7' })
 *     if (ability.cannot('read', patient)) return res.sendStatus(403)
 */
export function auditCasl<T extends AbilityLike | { readonly prototype: AbilityLike }>(
  ability: T,
  options: CaslOptions = {},
): T {
  checkDecisionOptions('auditCasl', options, { id: 'function', subject: 'function' })
  const owner: unknown = typeof ability === 'function' ? memberOf(ability, 'prototype') : ability
  if (typeof owner !== 'object' || owner === null || typeof memberOf(owner, 'detectSubjectType') !== 'function')
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', 'auditCasl: expected an ability of CASL, or its class')
  wrapOnce('auditCasl', owner, 'relevantRuleFor', (inner) => {
    return function relevantRuleFor(this: unknown, ...given: unknown[]): unknown {
      return watchCall(
        () => Reflect.apply(inner, this, given),
        (end) => tellDecision(options, decisionOf(this, given, end, options)),
      )
    }
  })
  return ability
}

function decisionOf(ability: unknown, given: readonly unknown[], end: CallEnd, options: CaslOptions): Decision {
  const [action, subject, field] = given
  const type = typeNameOf(ability, subject)
  const asked = {
    guard: '@casl/ability',
    permission: permissionOf(action, type, field),
    ...aboutOf(subject, type, options),
  }
  if (end.failed) return { ...asked, effect: 'deny', undecided: { error: end.error }, reason: 'undecided' }
  const rule = end.value
  if (typeof rule !== 'object' || rule === null) return { ...asked, effect: 'deny', reason: 'missing_permission' }
  const inverted = memberOf(rule, 'inverted') === true
  return {
    ...asked,
    effect: inverted ? 'deny' : 'allow',
    reason: inverted ? 'forbidden' : 'permission',
    rule: ruleNameOf(ability, rule),
    policyId: nameOf(memberOf(rule, 'reason')),
  }
}

/** `read:Patient`, and with a field `read:Patient.diagnosis`. */
function permissionOf(action: unknown, type: string, field: unknown): string {
  const name = `${textOf(action) ?? ''}:${type}`
  return typeof field === 'string' && field !== '' ? `${name}.${field}` : name
}

/** The name of a subject's type: CASL's own question, because an application may have told it how to find out. */
function typeNameOf(ability: unknown, subject: unknown): string {
  const detect = memberOf(ability, 'detectSubjectType')
  const type = typeof detect === 'function' ? ask(() => Reflect.apply(detect, ability, [subject])) : undefined
  return textOf(type) ?? textOf(memberOf(type, 'modelName')) ?? textOf(memberOf(type, 'name')) ?? 'unknown'
}

/** Which of the ability's rules it is, counted from 0 in the order they were written. CASL ranks them the other way round. */
function ruleNameOf(ability: unknown, rule: object): string | undefined {
  const count = memberOf(memberOf(ability, 'rules'), 'length')
  const priority = memberOf(rule, 'priority')
  if (typeof count !== 'number' || typeof priority !== 'number') return undefined
  return `rule-${count - priority - 1}`
}

/** The reason of a rule (`because()`) is meant for people. Where it is one word of code it names the policy. */
function nameOf(reason: unknown): string | undefined {
  return typeof reason === 'string' && /^[A-Za-z][\w.:-]{0,63}$/.test(reason) ? reason : undefined
}

function aboutOf(subject: unknown, type: string, { id, subject: owner }: CaslOptions): Partial<Decision> {
  const object = typeof subject === 'object' && subject !== null ? subject : undefined
  const named = object && id ? identifierOf(ask(() => id(object))) : undefined
  const people = object && owner ? identifiersOf(ask(() => owner(object))) : []
  const target: TargetInput = named === undefined ? { type } : { type, id: named }
  return { targets: [target], ...(people.length === 0 ? {} : { subjects: people }) }
}
