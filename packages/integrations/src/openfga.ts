/**
 * OpenFGA: every check of a relationship, one record.
 *
 * Users and objects are written `type:id`: type and relation stand in clear, ids as tokens. The store is the policy and the
 * authorisation model its version. What the server does not answer in time, or answers with an error, is a refusal that could
 * not be decided; the client's own error goes on to the application.
 */
import { AuditError, type TargetInput } from '@trailmark/core'
import { type CallEnd, type Decision, watchCall, wrapOnce } from '@trailmark/core/integration'
import { kindIn, textOf } from './authz/read.ts'
import { checkDecisionOptions, type DecisionOptions, tellDecision } from './authz/tell.ts'
import { listOf, memberOf } from './member.ts'

/** A client of @openfga/sdk as far as it is looked at. */
export interface OpenFgaClientLike {
  check(...given: never[]): unknown
  batchCheck(...given: never[]): unknown
  listObjects(...given: never[]): unknown
}

/** How many objects of a listing one record names; a record holds 20 targets, and one is who asked. */
const objectsMax = 19

/**
 * Records what a client is answered: `check`, each item of `batchCheck`, `clientBatchCheck` and `listRelations`, and
 * `listObjects` as one decision over what it found. Returns what it was given. Throws `AUDIT_LIBRARY_UNKNOWN` for something
 * else and `AUDIT_OPTION_INVALID` naming an option that cannot be.
 *
 *     const fga = auditOpenFga(new OpenFgaClient({ apiUrl, storeId, authorizationModelId }))
 *     const { allowed } = await fga.check({ user: 'user:anne', relation: 'viewer', object: 'document:7' })
 */
export function auditOpenFga<T extends OpenFgaClientLike>(client: T, options: DecisionOptions = {}): T {
  checkDecisionOptions('auditOpenFga', options)
  if (typeof client !== 'object' || client === null)
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', 'auditOpenFga: expected an OpenFgaClient of @openfga/sdk')
  // clientBatchCheck and listRelations ask by check(), one by one.
  watch(client, 'check', options, checked)
  watch(client, 'batchCheck', options, batchChecked)
  watch(client, 'listObjects', options, listed)
  return client
}

type Tell = (asked: unknown, end: CallEnd) => readonly Decision[]

function watch(client: object, name: string, options: DecisionOptions, decisionsOf: Tell): void {
  wrapOnce('auditOpenFga', client, name, (inner) => {
    return function asking(this: unknown, ...given: unknown[]): unknown {
      return watchCall(
        () => Reflect.apply(inner, this, given),
        (end) => {
          const policy = policyOf(this, given[1])
          for (const decision of decisionsOf(given[0], end)) tellDecision(options, { ...policy, ...decision })
        },
      )
    }
  })
}

function checked(asked: unknown, end: CallEnd): readonly Decision[] {
  return [end.failed ? undecided(asked, end.error) : answered(asked, memberOf(end.value, 'allowed'))]
}

/** An item may fail by itself; a batch that fails as a whole leaves every item undecided. */
function batchChecked(asked: unknown, end: CallEnd): readonly Decision[] {
  if (end.failed) return listOf(memberOf(asked, 'checks')).map((item) => undecided(item, end.error))
  const results = listOf(memberOf(end.value, 'result'))
  const found = new Set(results.map((item) => memberOf(item, 'request')))
  const missing = listOf(memberOf(asked, 'checks')).filter((item) => !found.has(item))
  const unanswered = missing.map((item) => undecided(item, new Error('an item of a batch has no answer')))
  return unanswered.concat(
    results.map((item) => {
      const request = memberOf(item, 'request')
      const error = memberOf(item, 'error')
      return error === undefined ? answered(request, memberOf(item, 'allowed')) : undecided(request, errorOf(error))
    }),
  )
}

function listed(asked: unknown, end: CallEnd): readonly Decision[] {
  const type = textOf(memberOf(asked, 'type')) ?? 'unknown'
  const question = {
    guard: '@openfga/sdk',
    permission: `${textOf(memberOf(asked, 'relation')) ?? ''}:${type}`,
  }
  const user = targetOf(memberOf(asked, 'user'))
  if (end.failed)
    return [{ ...question, effect: 'deny', undecided: { error: end.error }, reason: 'undecided', targets: [...user] }]
  const objects = listOf(memberOf(end.value, 'objects'))
  const named = objects.slice(0, objectsMax).flatMap(targetOf)
  if (named.length === 0) return [{ ...question, effect: 'deny', reason: 'policy', targets: [{ type }, ...user] }]
  return [{ ...question, effect: 'allow', reason: 'policy', targets: [...named, ...user] }]
}

function answered(asked: unknown, allowed: unknown): Decision {
  return { ...questionOf(asked), effect: allowed === true ? 'allow' : 'deny', reason: 'policy' }
}

function undecided(asked: unknown, error: unknown): Decision {
  return { ...questionOf(asked), effect: 'deny', undecided: { error }, reason: 'undecided' }
}

/** `viewer` on `document:7` is `viewer:document`. */
function questionOf(asked: unknown): Pick<Decision, 'guard' | 'permission' | 'targets'> {
  const object = targetOf(memberOf(asked, 'object'))
  const relation = textOf(memberOf(asked, 'relation')) ?? ''
  return {
    guard: '@openfga/sdk',
    permission: `${relation}:${object[0]?.type ?? 'unknown'}`,
    targets: [...object, ...targetOf(memberOf(asked, 'user'))],
  }
}

/** `user:anne`, `team:eng#member`; what has another form is a user or object of no known type. */
function targetOf(name: unknown): TargetInput[] {
  const text = textOf(name)
  if (text === undefined) return []
  const split = kindIn(text)
  return [split === undefined ? { type: 'unknown', id: text } : { type: split.kind, id: split.id }]
}

function policyOf(client: unknown, given: unknown): Pick<Decision, 'policyId' | 'policyVersion'> {
  const configured = memberOf(client, 'configuration')
  return {
    policyId:
      textOf(memberOf(given, 'storeId')) ??
      textOf(memberOf(client, 'storeId')) ??
      textOf(memberOf(configured, 'storeId')),
    policyVersion:
      textOf(memberOf(given, 'authorizationModelId')) ??
      textOf(memberOf(client, 'authorizationModelId')) ??
      textOf(memberOf(configured, 'authorizationModelId')),
  }
}

/** An item's error is no Error: a code of the API, and words, of which only the code is taken on. */
function errorOf(given: unknown): Error {
  const code = textOf(memberOf(given, 'input_error')) ?? textOf(memberOf(given, 'internal_error'))
  return Object.assign(new Error('an item of a batch failed'), code === undefined ? {} : { code: code.toUpperCase() })
}
