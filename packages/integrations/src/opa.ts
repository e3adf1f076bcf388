/**
 * Open Policy Agent: every policy that is evaluated, one record with the server's own id of the decision.
 *
 * The client's requests are watched below its own conveniences, where the answer still has that id. The policy's path is its
 * id. Inputs and results are never recorded; what of them names permission, roles or things, the application says itself.
 */
import { AuditError, type TargetInput } from '@trailmark/core'
import { type AnyFunction, ask, type CallEnd, watchCall, wrapOnce } from '@trailmark/core/integration'
import { textOf } from './authz/read.ts'
import { checkDecisionOptions, type DecisionOptions, tellDecision } from './authz/tell.ts'
import { memberOf } from './member.ts'

/** What of an input may stand in the record. */
export interface OpaQuestion {
  readonly permission?: string
  readonly roles?: readonly string[]
  readonly targets?: readonly TargetInput[]
  readonly subjects?: readonly string[]
}

export interface OpaOptions extends DecisionOptions {
  /**
   * What the input asks for, in words for the record; the function names the input's type. Default: the permission is the
   * policy's path, and nothing else.
   */
  readonly question?: { asked(path: string, input: unknown): OpaQuestion | undefined }['asked']
  /**
   * What a result means; undefined for one that is no decision, and is not recorded. Default: true and false, an object with
   * `allow` or `allowed`, and no result at all, which is a refusal.
   */
  readonly allowed?: { means(result: unknown, path: string): boolean | undefined }['means']
}

/**
 * Records every decision that a client of @open-policy-agent/opa is given: `evaluate`, `evaluateDefault`, and each input of
 * `evaluateBatch`. Takes an OPAClient, or the OpaApiClient below it; returns what it was given. Throws `AUDIT_LIBRARY_UNKNOWN`
 * for something else and `AUDIT_OPTION_INVALID` naming an option that cannot be.
 *
 *     const opa = auditOpa(new OPAClient('http://127.0.0.1:8181'), {
 *       question: (_path, input: Input) => ({ permission: input.action, roles: input.user.roles }),
 *     })
 *     if (!(await opa.evaluate('clinic/allow', { user, action: 'patients:read' }))) return res.sendStatus(403)
 */
export function auditOpa<T extends object>(client: T, options: OpaOptions = {}): T {
  checkDecisionOptions('auditOpa', options, { question: 'function', allowed: 'function' })
  const api = memberOf(client, 'opa') ?? client
  if (typeof api !== 'object' || api === null || typeof memberOf(api, 'executePolicyWithInput') !== 'function')
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', 'auditOpa: expected an OPAClient of @open-policy-agent/opa')
  for (const [name, read] of readers) {
    wrapOnce('auditOpa', api, name, (inner): AnyFunction => {
      return function evaluating(this: unknown, ...given: unknown[]): unknown {
        return watchCall(
          () => Reflect.apply(inner, this, given),
          (end) => {
            for (const evaluated of read(given, end)) tellEvaluated(evaluated, options)
          },
        )
      }
    })
  }
  return client
}

/** One policy with one input, and what came of it. */
interface Evaluated {
  readonly path: string
  readonly input: unknown
  readonly end: CallEnd
  readonly decisionId?: string | undefined
}

type Read = (given: readonly unknown[], end: CallEnd) => readonly Evaluated[]

const one: Read = ([request], end) => {
  const response = end.failed ? undefined : memberOf(end.value, 'successfulPolicyResponse')
  return [
    { path: pathIn(request), input: memberOf(memberOf(request, 'requestBody'), 'input'), ...resultIn(response, end) },
  ]
}

/** The default policy has no path in the request, and its answer no id. */
const ofDefault: Read = ([input], end) => [{ path: 'default', input, end: end.failed ? end : resultOf(end.value) }]

const batch: Read = ([request, options], end) => {
  // The client asks one by one, then; each of these is seen.
  if (end.failed && memberOf(options, 'fallback') === true && statusOf(end.error) === 404) return []
  const inputs = memberOf(memberOf(request, 'requestBody'), 'inputs')
  const answer = end.failed
    ? undefined
    : (memberOf(end.value, 'batchMixedResults') ?? memberOf(end.value, 'batchSuccessfulPolicyEvaluation'))
  const responses = memberOf(answer, 'responses')
  const keys = typeof inputs === 'object' && inputs !== null ? Object.keys(inputs) : []
  return keys.map((key) => {
    const response = memberOf(responses, key)
    const failed = memberOf(response, 'code') !== undefined
    return {
      path: pathIn(request),
      input: memberOf(inputs, key),
      ...resultIn(response, failed ? { failed: true, error: errorOf(response) } : end),
    }
  })
}

const readers: readonly (readonly [name: string, read: Read])[] = [
  ['executePolicy', one],
  ['executePolicyWithInput', one],
  ['executeDefaultPolicyWithInput', ofDefault],
  ['executeBatchPolicyWithInput', batch],
]

function resultIn(response: unknown, end: CallEnd): Pick<Evaluated, 'end' | 'decisionId'> {
  const decisionId = textOf(memberOf(response, 'decisionId'))
  return { end: end.failed ? end : resultOf(response), decisionId }
}

function resultOf(response: unknown): CallEnd {
  return { value: memberOf(response, 'result'), failed: false }
}

function tellEvaluated({ path, input, end, decisionId }: Evaluated, options: OpaOptions): void {
  const named = ask(() => options.question?.(path, input))
  const question = isQuestion(named) ? named : {}
  const { permission = path, roles, targets, subjects } = question
  const asked = { guard: '@open-policy-agent/opa', policyId: path, permission, roles, targets, subjects, decisionId }
  if (end.failed) {
    tellDecision(options, { ...asked, effect: 'deny', undecided: { error: end.error }, reason: 'undecided' })
    return
  }
  const { value } = end
  const allowed = options.allowed === undefined ? usual(value) : ask(() => options.allowed?.(value, path))
  if (typeof allowed === 'boolean')
    tellDecision(options, { ...asked, effect: allowed ? 'allow' : 'deny', reason: 'policy' })
}

function usual(result: unknown): boolean | undefined {
  if (result === undefined) return false
  if (typeof result === 'boolean') return result
  for (const name of ['allow', 'allowed']) {
    const said = memberOf(result, name)
    if (typeof said === 'boolean') return said
  }
  return undefined
}

function isQuestion(value: unknown): value is OpaQuestion {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function pathIn(request: unknown): string {
  return (textOf(memberOf(request, 'path')) ?? '').replace(/^\/+/, '')
}

function statusOf(error: unknown): unknown {
  return memberOf(memberOf(memberOf(error, 'httpMeta'), 'response'), 'status')
}

/** An input's error is no Error: a code of the server, and words, of which only the code is taken on. */
function errorOf(response: unknown): Error {
  const code = textOf(memberOf(response, 'code'))
  return Object.assign(new Error('an input of a batch failed'), code === undefined ? {} : { code: code.toUpperCase() })
}
