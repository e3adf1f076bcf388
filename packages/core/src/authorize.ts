/**
 * `audit.authorize()`: the application's own check of a permission, and its record, in one call.
 *
 * The check is a function, so that its answer, its failure and its time are seen, and cannot be told differently from how they
 * were: what `authorize()` answers is what stands in the record.
 */
import type { catalogue } from './catalogue.ts'
import type { DecisionRegister } from './decision.ts'
import type { TargetInput } from './event.ts'
import type { IsAny } from './open-text.ts'
import type { Declared } from './record-call.ts'

type AllowReason = (typeof catalogue)['authz_allow']['reasons'][number]
type DenyReason = (typeof catalogue)['authz_deny']['reasons'][number]

/** What is asked for, and of whom it is. */
export interface AuthorizeInput {
  /** The application's name of what is asked for: `patients:read`. At most 64 characters, no spaces. */
  readonly permission: string
  /** The policy that decides, and its version, in the application's own names. */
  readonly policyId?: string
  readonly policyVersion?: string
  /** The roles that the check looks at. Default: those of the actor. */
  readonly roles?: readonly string[]
  /** What it is asked for; identifiers are stored as tokens. At most 20. */
  readonly targets?: readonly TargetInput[]
  /** Identifiers of the people whose data it is about; stored as pseudonyms. At most 20. */
  readonly subjects?: readonly string[]
  /** The request it belongs to, when it may not be the one in progress. */
  readonly request?: object
}

/** An answer with what it rests on. What it names goes before what the question named. */
export interface Verdict {
  readonly allowed: boolean
  /** A reason of `authz_allow` or `authz_deny`. Default: `policy` where one is named, else `permission`, `missing_permission`. */
  readonly reason?: AllowReason | DenyReason
  readonly policyId?: string
  readonly policyVersion?: string
  readonly roles?: readonly string[]
  /** Which of the policy's rules answered. */
  readonly rule?: string
}

export type Answer = boolean | Verdict

/** The question's own members and no others, none of them `any`. */
type Asked<W> = {
  readonly [P in keyof W]: P extends keyof AuthorizeInput
    ? P extends 'targets' | 'subjects' | 'request'
      ? Declared<(typeof catalogue)['authz_deny'], W>[P]
      : IsAny<W[P]> extends true
        ? never
        : unknown
    : never
}

type Question<W> = IsAny<W> extends true ? never : W & Asked<W>

/** An answer of type `any` may be anything, and whatever is neither yes nor no would be a refusal nobody meant. */
type Spoken<R> = IsAny<R> extends true ? never : IsAny<Awaited<R>> extends true ? never : unknown

/** Asks `decide` and records the answer; see `Audit.authorize`. */
export interface AuthorizeCall {
  <const W extends AuthorizeInput, const R extends Answer>(what: Question<W>, decide: (() => R) & Spoken<R>): boolean
  <const W extends AuthorizeInput, const R extends PromiseLike<Answer>>(
    what: Question<W>,
    decide: (() => R) & Spoken<R>,
  ): Promise<boolean>
  <const W extends AuthorizeInput, const R extends Answer | PromiseLike<Answer>>(
    what: Question<W>,
    decide: (() => R) & Spoken<R>,
  ): boolean | Promise<boolean>
}

export interface AuthorizeSteps {
  readonly decisions: DecisionRegister
  readonly notice: (code: string, message: string) => void
}

/** Makes the `authorize()` of one audit. */
export function createAuthorize(steps: AuthorizeSteps): AuthorizeCall {
  function authorize(what: unknown, decide: () => PromiseLike<unknown>): Promise<boolean>
  function authorize(what: unknown, decide: () => unknown): boolean
  function authorize(what: unknown, decide: () => unknown): boolean | Promise<boolean> {
    const judge = (answer: unknown): boolean => recordAnswer(steps, what, answer)
    const fail = (error: unknown): never => {
      steps.decisions.record({ ...asked(what), effect: 'deny', undecided: { error }, reason: 'undecided' })
      throw error
    }
    let answer: unknown
    try {
      answer = decide()
    } catch (error) {
      return fail(error)
    }
    // Whatever has a `then` is waited for, as the caller would: a query runs once, and it is we who run it.
    return isThenable(answer) ? Promise.resolve(answer).then(judge, fail) : judge(answer)
  }
  return authorize
}

/** What was answered is what is recorded and what the caller gets: whatever is no answer allows nothing. */
function recordAnswer({ decisions, notice }: AuthorizeSteps, what: unknown, answer: unknown): boolean {
  const question = asked(what)
  const verdict = verdictOf(typeof answer === 'boolean' ? { allowed: answer } : answer)
  if (verdict === undefined) {
    notice(
      'AUTHORIZE_NO_ANSWER',
      `audit.authorize({ permission: ${JSON.stringify(String(question.permission).slice(0, 60))} }): the check answered ${kindOf(answer)}; it must answer true, false or { allowed: boolean }. It counts as a refusal`,
    )
    decisions.record({ ...question, effect: 'deny', reason: 'undecided' })
    return false
  }
  const { allowed, ...grounds } = verdict
  const decision = { ...question, ...grounds, effect: allowed ? ('allow' as const) : ('deny' as const) }
  decisions.record({ reason: usualReason(allowed, decision.policyId), ...decision })
  return allowed
}

/** Where the answer gives no reason: a policy's answer is the policy's, any other is that of the permission. */
function usualReason(allowed: boolean, policyId: string | undefined): string {
  if (policyId !== undefined) return 'policy'
  return allowed ? 'permission' : 'missing_permission'
}

/** Only what is known and has its type: without types anything may come, and a wrong member must cost itself only. */
function asked(what: unknown): Partial<AuthorizeInput> {
  const targets = field(what, 'targets')
  const subjects = field(what, 'subjects')
  const request = field(what, 'request')
  return {
    ...text('permission', what),
    ...text('policyId', what),
    ...text('policyVersion', what),
    ...roles(what),
    // Their shapes are the masker's to judge.
    ...(Array.isArray(targets) ? { targets } : {}),
    ...(Array.isArray(subjects) ? { subjects } : {}),
    ...(typeof request === 'object' && request !== null ? { request } : {}),
  }
}

function verdictOf(answer: unknown): (Omit<Verdict, 'reason'> & { readonly reason?: string }) | undefined {
  const allowed = field(answer, 'allowed')
  if (typeof allowed !== 'boolean') return undefined
  return {
    allowed,
    ...text('reason', answer),
    ...text('policyId', answer),
    ...text('policyVersion', answer),
    ...text('rule', answer),
    ...roles(answer),
  }
}

function text<K extends string>(name: K, from: unknown): { readonly [N in K]?: string } {
  const value = field(from, name)
  return typeof value === 'string' ? ({ [name]: value } as { [N in K]: string }) : {}
}

function roles(from: unknown): { readonly roles?: readonly string[] } {
  const value = field(from, 'roles')
  return Array.isArray(value) ? { roles: value } : {}
}

function field(from: unknown, name: string): unknown {
  if (typeof from !== 'object' || from === null) return undefined
  try {
    return Reflect.get(from, name)
  } catch {
    return undefined // A getter of the caller's; the answer matters more than what is said of it.
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof field(value, 'then') === 'function'
}

function kindOf(answer: unknown): string {
  return answer === null ? 'null' : Array.isArray(answer) ? 'a list' : `a value of type ${typeof answer}`
}
