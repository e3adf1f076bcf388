/**
 * Which events are recorded, how much of them, and how hard we try: rules, of which the first that matches decides.
 *
 * Compiled once, at start, where every mistake is an AUDIT_OPTION_INVALID that names the rule and the member. What no rule
 * matches is recorded with its fields, in the failure class of its definition.
 */
import { AuditError } from '../errors.ts'
import type { EventDefinition, FailureClass } from '../event.ts'
import { type ConditionalRule, EventPolicy, type PolicyDecision } from './event-policy.ts'
import { compileGlob, type Glob, globCharsMax } from './glob.ts'

/** What a rule looks at. Each member is one pattern or several, of which one must match; `*` stands for any characters. */
export interface PolicyMatch {
  /** Upper and lower case are the same. */
  readonly method?: string | readonly string[]
  /** The route template, for example `/patients/:id` or `/health*`. */
  readonly route?: string | readonly string[]
  /** Matches if one of the actor's roles does. */
  readonly role?: string | readonly string[]
  readonly tenant?: string | readonly string[]
  readonly event?: string | readonly string[]
}

/**
 * One rule. Without `match` it matches everything.
 *
 *     { match: { route: '/health*' }, level: 'none' }
 *     { match: { event: 'data_*', tenant: 'acme' }, failureClass: 'block' }
 */
export interface PolicyRule {
  readonly match?: PolicyMatch
  /**
   * `none` records nothing, `metadata` leaves out the event's metadata and changes, `fields` records everything (default).
   * The trail's own events (categories audit_meta, system, governance, evidence) are always recorded whole.
   */
  readonly level?: 'none' | 'metadata' | 'fields'
  /** Default: the definition's. */
  readonly failureClass?: FailureClass
  /** Whether the people it is about see it in their own activity. Default: the definition's. */
  readonly activity?: boolean
}

export interface Policy {
  /** What the rules say of one event: worked out once for each, since most rules do not speak of most events. */
  of(event: string, definition: EventDefinition): EventPolicy
  /** The rules as plain data, for the hash of the configuration in force. */
  readonly hashInput: unknown
}

const matchMembers = ['method', 'route', 'role', 'tenant', 'event'] as const
type MatchMember = (typeof matchMembers)[number]
const levels = ['none', 'metadata', 'fields'] as const
const failureClasses = ['block', 'spool', 'best_effort'] as const
const rulesMax = 1_000
const patternsMax = 100

/**
 * Checks and compiles the option `policy`. Throws AUDIT_OPTION_INVALID, naming for example `policy[3].match.route`; also for a
 * rule that would silence events that must not be.
 */
export function compilePolicy(rules: unknown, catalogue: Readonly<Record<string, EventDefinition>>): Policy {
  if (rules === undefined) return new CompiledPolicy([])
  if (!Array.isArray(rules)) throw invalid('policy', 'must be a list of rules')
  if (rules.length > rulesMax) throw invalid('policy', `has ${rules.length} rules; at most ${rulesMax} are allowed`)
  return new CompiledPolicy(rules.map((rule: unknown, i) => compileRule(rule, `policy[${i}]`, catalogue)))
}

interface CompiledRule {
  readonly globs: readonly (readonly [member: MatchMember, globs: readonly Glob[]])[]
  readonly level: PolicyDecision['level']
  readonly failureClass: FailureClass | undefined
  readonly activity: boolean | undefined
}

class CompiledPolicy implements Policy {
  readonly hashInput: unknown
  readonly #rules: readonly CompiledRule[]

  constructor(rules: readonly CompiledRule[]) {
    this.#rules = rules
    this.hashInput = rules.map(({ globs, level, failureClass, activity }) => ({
      match: Object.fromEntries(globs.map(([member, list]) => [member, list.map(({ pattern }) => pattern)])),
      level,
      failureClass: failureClass ?? null,
      ...(activity === undefined ? {} : { activity }),
    }))
  }

  of(event: string, definition: EventDefinition): EventPolicy {
    const { failureClass, activity = false } = definition
    const conditional: ConditionalRule[] = []
    for (const [i, rule] of this.#rules.entries()) {
      const named = rule.globs.find(([member]) => member === 'event')
      if (named !== undefined && !named[1].some((glob) => glob.matches(event))) continue
      const decision: PolicyDecision = Object.freeze({
        level: mustBeKept(definition) ? 'fields' : rule.level,
        failureClass: rule.failureClass ?? failureClass,
        activity: rule.activity ?? activity,
        rule: i,
        named: named !== undefined,
      })
      const conditions = rule.globs.flatMap(([member, globs]) => (member === 'event' ? [] : [{ member, globs }]))
      // What comes after a rule without conditions is never asked.
      if (conditions.length === 0) return new EventPolicy(conditional, decision)
      conditional.push({ conditions, decision })
    }
    return new EventPolicy(
      conditional,
      Object.freeze({ level: 'fields', failureClass, activity, rule: -1, named: false }),
    )
  }
}

/** Events by which the trail accounts for itself: silencing them is what an attacker would do first. */
function mustBeKept({ category, stream }: EventDefinition): boolean {
  if (stream === 'operational' || stream === 'application') return false
  return category === 'audit_meta' || category === 'system' || category === 'governance' || category === 'evidence'
}

function compileRule(rule: unknown, at: string, catalogue: Readonly<Record<string, EventDefinition>>): CompiledRule {
  const members = membersOf(rule, at, ['match', 'level', 'failureClass', 'activity'])
  const { match, level = 'fields', failureClass, activity } = members
  const known = levels.find((one) => one === level)
  if (known === undefined) throw invalid(`${at}.level`, `must be one of ${levels.join(', ')}`)
  const failing = failureClasses.find((one) => one === failureClass)
  if (failureClass !== undefined && failing === undefined)
    throw invalid(`${at}.failureClass`, `must be one of ${failureClasses.join(', ')}`)
  if (activity !== undefined && typeof activity !== 'boolean') throw invalid(`${at}.activity`, 'must be a boolean')
  const patterns = match === undefined ? {} : membersOf(match, `${at}.match`, matchMembers)
  const globs = matchMembers
    .filter((member) => patterns[member] !== undefined)
    .map((member) => [member, compilePatterns(patterns[member], `${at}.match.${member}`, member)] as const)
  if (match !== undefined && globs.length === 0) throw invalid(`${at}.match`, `needs one of ${matchMembers.join(', ')}`)
  for (const [member, list] of globs) {
    if (member === 'event') checkEvents(list, known, `${at}.match.event`, catalogue)
  }
  return { globs, level: known, failureClass: failing, activity }
}

function compilePatterns(value: unknown, at: string, member: MatchMember): Glob[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (list.length === 0 || list.length > patternsMax) throw invalid(at, `must have 1 to ${patternsMax} patterns`)
  return list.map((pattern, i) => {
    const place = Array.isArray(value) ? `${at}[${i}]` : at
    if (typeof pattern !== 'string' || pattern === '') throw invalid(place, 'must be a text that is not empty')
    if (pattern.length > globCharsMax) throw invalid(place, `must have at most ${globCharsMax} characters`)
    return compileGlob(pattern, member === 'method')
  })
}

/** A name that no event has is a typing error; a pattern that only silences what must be kept would do nothing. */
function checkEvents(
  globs: readonly Glob[],
  level: PolicyDecision['level'],
  at: string,
  catalogue: Readonly<Record<string, EventDefinition>>,
): void {
  for (const glob of globs) {
    const named = Object.keys(catalogue).filter((type) => glob.matches(type))
    if (named.length === 0) throw invalid(at, `${glob.pattern} matches no event of the catalogue`)
    const kept = named.filter((type) => mustBeKept(catalogue[type]!))
    if (level !== 'fields' && kept.length === named.length)
      throw invalid(at, `${glob.pattern}: the trail's own events are always recorded; level ${level} is refused`)
  }
}

function membersOf<K extends string>(value: unknown, at: string, names: readonly K[]): Partial<Record<K, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(at, 'must be an object')
  const unknown = Object.keys(value).find((name) => !names.some((one) => one === name))
  // A misspelt member would make a rule match more than it says.
  if (unknown !== undefined) throw invalid(at, `has no member ${unknown.slice(0, 40)}; it may have ${names.join(', ')}`)
  return value
}

function invalid(option: string, problem: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `option ${option} ${problem}`)
}
