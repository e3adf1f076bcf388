/** What a strategy's refusal says: whether anything was tried at all, by whom, and why it was refused. */
import type { IncomingHttpHeaders } from 'node:http'
import { type Audit, type BuiltInEvents, catalogue } from '@trailmark/core'
import { ask, auditFor, presentsCredential, runtimeOf } from '@trailmark/core/integration'
import { refusalOfJsonwebtoken } from '../authn/jsonwebtoken-errors.ts'
import type { LoginFailureReason } from '../authn/tell-login.ts'
import { textIn, textOf } from '../authn/text.ts'
import type { Refusal, TokenFacts } from '../authn/tokens.ts'
import { memberOf } from '../member.ts'
import type { PassportSettings } from './settings.ts'
import type { StrategyKind } from './strategy-kind.ts'

/** A strategy and what it said. */
export interface Failure {
  readonly name: string | undefined
  readonly strategy: object
  readonly kind: StrategyKind
  /** A sentence, an object with one, or the token's own error. */
  readonly challenge: unknown
  readonly status: number | undefined
}

/** A form that was sent empty is no attempt where something else might have been presented instead. */
export function isAttempt({ status }: Failure): boolean {
  return status !== 400
}

/** Whether the request carried what a strategy for every request refused. */
export function isPresented({ challenge }: Failure, req: object, audit: Audit | undefined): boolean {
  if (memberOf(challenge, 'message') === 'No auth token') return false
  if (refusalOfJsonwebtoken(challenge) !== undefined) return true
  if (typeof challenge === 'string' && challenge.includes('error="invalid_token"')) return true
  const headers = memberOf(req, 'headers')
  if (!isHeaders(headers)) return false
  return ask(() => presentsCredential({ headers }, runtimeOf(auditFor(audit, req)).options.credentials)) === true
}

function isHeaders(value: unknown): value is IncomingHttpHeaders {
  return typeof value === 'object' && value !== null
}

/** Undefined where the strategy does not say. */
export function whyRefused({ challenge }: Failure): Refusal | undefined {
  return refusalOfJsonwebtoken(challenge)
}

export function tokenScheme({ name, strategy }: Failure): TokenFacts['scheme'] {
  const names = [textOf(strategy, 'name'), name]
  if (names.includes('basic')) return 'basic'
  if (names.includes('digest')) return 'digest'
  if (names.some((one) => one !== undefined && /api-?key/.test(one))) return 'api_key'
  return names.includes('bearer') || names.includes('jwt') ? 'bearer' : undefined
}

const reasons: readonly string[] = catalogue.login_failure.reasons

function isReason(value: unknown): value is LoginFailureReason {
  return typeof value === 'string' && reasons.includes(value)
}

/** What the application says; else what the strategy says in the catalogue's words; a sentence is for people. */
export function failureReason(
  { challenge, status }: Failure,
  { reason }: PassportSettings,
  req: object,
): BuiltInEvents['login_failure']['reasons'][number] {
  const said = reason === undefined ? undefined : ask(() => reason(challenge, req))
  const own = [said, memberOf(challenge, 'reason'), memberOf(challenge, 'code'), challenge].find(isReason)
  return own ?? (status === 429 ? 'rate_limited' : 'invalid_credentials')
}

/** Who tried, as they say themselves: the field that the strategy reads its user name from, or what the application answers. */
export function claimedBy(req: object, strategy: object, { claimed }: PassportSettings): string | undefined {
  if (claimed !== undefined) return textIn(ask(() => claimed(req)))
  const field = textOf(strategy, '_usernameField')
  if (field === undefined) return undefined
  return textOf(memberOf(req, 'body'), field) ?? textOf(memberOf(req, 'query'), field)
}
