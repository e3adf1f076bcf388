/**
 * Casbin: every enforcement, one record.
 *
 * A request is a tuple (subject, object, action), and all but the action may name people. The action stands in clear, subject
 * and object as tokens; of the object its kind, where the application names it. Which policy line
 * matched is known where the enforcer explains itself (`enforceEx`): lines name people too, so the line is a token, the same
 * for the same line.
 */
import { AuditError, type TargetInput } from '@trailmark/core'
import { ask, auditFor, type CallEnd, type Decision, runtimeOf, watchCall, wrapOnce } from '@trailmark/core/integration'
import { identifierOf, kindIn, textOf } from './authz/read.ts'
import { checkDecisionOptions, type DecisionOptions, tellDecision } from './authz/tell.ts'
import { memberOf } from './member.ts'

/** An enforcer as far as it is looked at; the other ways to enforce are seen where it has them. */
export interface EnforcerLike {
  enforce(...given: never[]): unknown
  getModel(...given: never[]): unknown
}

export interface CasbinOptions extends DecisionOptions {
  /** Your name of the kind of thing an object of a request is: `patient` for `patient:7`. Without it only the action is named. */
  readonly resource?: (object: unknown) => string | undefined
}

/** The ways to enforce, and whether a matcher comes first. `batchEnforce` calls `enforce`, `enforceWithSyncCompile` `enforceSync`. */
const ways: readonly (readonly [name: string, matcher: boolean])[] = [
  ['enforce', false],
  ['enforceSync', false],
  ['enforceEx', false],
  ['enforceExSync', false],
  ['enforceWithMatcher', true],
  ['enforceExWithMatcher', true],
]

/**
 * Records every decision of an enforcer, cached and synced ones included. Returns what it was given. Throws
 * `AUDIT_LIBRARY_UNKNOWN` for something else and `AUDIT_OPTION_INVALID` naming an option that cannot be.
 *
 *     const enforcer = auditCasbin(await newEnforcer('model.conf', 'policy.csv'), { resource: (object) => kindOf(object) })
 *     if (!(await enforcer.enforce(user.id, 'patient:7', 'read'))) return res.sendStatus(403)
 */
export function auditCasbin<T extends EnforcerLike>(enforcer: T, options: CasbinOptions = {}): T {
  checkDecisionOptions('auditCasbin', options, { resource: 'function' })
  if (typeof memberOf(enforcer, 'getModel') !== 'function')
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', 'auditCasbin: expected an enforcer of casbin')
  for (const [name, matcher] of ways) {
    if (name !== 'enforce' && memberOf(enforcer, name) === undefined) continue
    wrapOnce('auditCasbin', enforcer, name, (inner) => {
      return function enforcing(this: unknown, ...given: unknown[]): unknown {
        return watchCall(
          () => Reflect.apply(inner, this, given),
          (end) => tellDecision(options, decisionOf(this, matcher ? given.slice(1) : given, end, options)),
        )
      }
    })
  }
  return enforcer
}

function decisionOf(enforcer: unknown, given: readonly unknown[], end: CallEnd, options: CasbinOptions): Decision {
  const { names, values } = requestOf(enforcer, given)
  const object = values[names.r.indexOf('obj')]
  const subject = values[names.r.indexOf('sub')]
  const kind = textOf(ask(() => options.resource?.(object)))
  const action = textOf(values[names.r.indexOf('act')])
  const asked = {
    guard: 'casbin',
    permission: action !== undefined && kind !== undefined ? `${action}:${kind}` : (action ?? kind),
    targets: [...targetOf(kind ?? 'object', object, kind), ...targetOf('subject', subject)],
  }
  if (end.failed) return { ...asked, effect: 'deny', undecided: { error: end.error }, reason: 'undecided' }
  const [allowed, line] = Array.isArray(end.value) ? end.value : [end.value, undefined]
  const effect = allowed === true ? ('allow' as const) : ('deny' as const)
  const matched = Array.isArray(line) && line.length > 0 ? line.map(String) : undefined
  return {
    ...asked,
    effect,
    reason: matched !== undefined || allowed === true ? 'policy' : 'missing_permission',
    ...(matched === undefined ? {} : matchedBy(matched, names.p, hasRoles(enforcer) ? subject : undefined, options)),
  }
}

/**
 * The line as a token, and the role it speaks of: its subject, where that is not who asked. Only a name that a model with roles
 * compared with a name is one; rules about objects compare whatever they like.
 */
function matchedBy(
  line: readonly string[],
  names: readonly string[],
  subject: unknown,
  options: CasbinOptions,
): Partial<Decision> {
  const spokenOf = line[names.indexOf('sub')]
  const role = typeof subject === 'string' && spokenOf !== subject ? spokenOf : undefined
  return {
    policyId: runtimeOf(auditFor(options.audit)).tokenOf('casbin_policy', line.join('\n')),
    ...(role === undefined ? {} : { roles: [role] }),
  }
}

function hasRoles(enforcer: unknown): boolean {
  const model = memberOf(memberOf(enforcer, 'model'), 'model')
  return model instanceof Map && model.has('g')
}

interface CasbinRequest {
  /** The names of the parts of requests and of policy lines, as the model defines them: `sub`, `obj`, `act`. */
  readonly names: { readonly r: readonly string[]; readonly p: readonly string[] }
  readonly values: readonly unknown[]
}

function requestOf(enforcer: unknown, given: readonly unknown[]): CasbinRequest {
  const explicit = isContext(given[0])
  const context = explicit ? given[0] : memberOf(enforcer, 'defaultEnforceContext')
  const names = {
    r: namesOf(enforcer, 'r', textOf(memberOf(context, 'rType')) ?? 'r'),
    p: namesOf(enforcer, 'p', textOf(memberOf(context, 'pType')) ?? 'p'),
  }
  return { names, values: explicit ? given.slice(1) : given }
}

/** `newEnforceContext('2')` in front of a request chooses other definitions of the model. */
function isContext(value: unknown): boolean {
  return ['rType', 'pType', 'eType', 'mType'].every((name) => typeof memberOf(value, name) === 'string')
}

function namesOf(enforcer: unknown, section: 'r' | 'p', type: string): string[] {
  const model = memberOf(memberOf(enforcer, 'model'), 'model')
  const assertions: unknown = model instanceof Map ? model.get(section) : undefined
  const assertion: unknown = assertions instanceof Map ? assertions.get(type) : undefined
  const tokens = memberOf(assertion, 'tokens')
  return Array.isArray(tokens) ? tokens.map((token) => String(token).slice(type.length + 1)) : ['sub', 'obj', 'act']
}

function targetOf(type: string, value: unknown, kind?: string): TargetInput[] {
  const whole = identifierOf(value)
  if (whole === undefined) return []
  const split = kind === undefined ? undefined : kindIn(whole)
  return [{ type, id: split?.kind === kind ? (split?.id ?? whole) : whole }]
}
