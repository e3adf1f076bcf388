/**
 * What the policy says of one event: the rules that can match it, and what holds where none of them does.
 *
 * Worked out once per event, so that deciding allocates nothing and reads of a request only what a rule asks for.
 */
import type { FailureClass } from '../event.ts'
import type { Glob } from './glob.ts'

/** What the rules of one event may look at. */
export interface PolicyQuestion {
  readonly method?: string | undefined
  readonly route?: string | undefined
  readonly roles?: readonly string[] | undefined
  readonly tenant?: string | undefined
}

export interface PolicyDecision {
  readonly level: 'none' | 'metadata' | 'fields'
  readonly failureClass: FailureClass
  /** True when a copy for the people it is about goes to the activity ledger. */
  readonly activity: boolean
  /** Index of the rule that matched; -1 when none did. */
  readonly rule: number
  /** True when the rule that matched speaks of this event by its name, and not of everything. */
  readonly named: boolean
}

export interface Condition {
  readonly member: 'method' | 'route' | 'role' | 'tenant'
  readonly globs: readonly Glob[]
}

/** A rule that matches this event in some requests. */
export interface ConditionalRule {
  readonly conditions: readonly Condition[]
  readonly decision: PolicyDecision
}

export class EventPolicy {
  /** The answer to every question, where no rule looks at the request. */
  readonly settled: PolicyDecision | undefined
  /** False where this event has failure class `block` in no request whatever. */
  readonly mayBlock: boolean
  /** Whether a rule looks at it; nobody needs to read it otherwise. */
  readonly asksRoles: boolean
  readonly asksTenant: boolean
  readonly #rules: readonly ConditionalRule[]
  readonly #otherwise: PolicyDecision

  /** `rules` in their order; `otherwise` is what the first rule without conditions says, or the definition. */
  constructor(rules: readonly ConditionalRule[], otherwise: PolicyDecision) {
    this.#rules = rules
    this.#otherwise = otherwise
    this.settled = rules.length === 0 ? otherwise : undefined
    this.mayBlock = blocks(otherwise) || rules.some(({ decision }) => blocks(decision))
    this.asksRoles = asks(rules, 'role')
    this.asksTenant = asks(rules, 'tenant')
  }

  /** Never throws. Takes time proportional to the number of rules that can match this event. */
  decide(question: PolicyQuestion): PolicyDecision {
    for (const { conditions, decision } of this.#rules) if (matches(conditions, question)) return decision
    return this.#otherwise
  }
}

function blocks({ level, failureClass }: PolicyDecision): boolean {
  return level !== 'none' && failureClass === 'block'
}

function asks(rules: readonly ConditionalRule[], asked: Condition['member']): boolean {
  return rules.some(({ conditions }) => conditions.some(({ member }) => member === asked))
}

function matches(conditions: readonly Condition[], question: PolicyQuestion): boolean {
  for (const { member, globs } of conditions) {
    if (member === 'role') {
      if (!question.roles?.some((role) => globs.some((glob) => glob.matches(role)))) return false
      continue
    }
    const value = question[member]
    // What is not known matches nothing, not even `*`: a rule for a tenant must not catch events without one.
    if (value === undefined || !globs.some((glob) => glob.matches(value))) return false
  }
  return true
}
