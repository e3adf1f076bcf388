/**
 * What an error of @fastify/jwt, or of fast-jwt beneath it, says of the token, in the catalogue's words.
 *
 * Both tell their errors apart by code. One code of @fastify/jwt stands for several and quotes the sentence of fast-jwt; an
 * application that has put another sentence there is told no more than that the token was refused.
 */
import { memberOf } from '../member.ts'
import type { Refusal } from './tokens.ts'

const byCode: ReadonlyMap<unknown, Refusal> = new Map<unknown, Refusal>([
  ['FST_JWT_AUTHORIZATION_TOKEN_EXPIRED', { reason: 'expired', claim: 'exp' }],
  ['FST_JWT_AUTHORIZATION_TOKEN_UNTRUSTED', { reason: 'revoked' }],
  ['FST_JWT_BAD_REQUEST', { reason: 'malformed' }],
  ['FAST_JWT_EXPIRED', { reason: 'expired', claim: 'exp' }],
  ['FAST_JWT_INACTIVE', { reason: 'not_yet_valid', claim: 'nbf' }],
  ['FAST_JWT_INVALID_SIGNATURE', { reason: 'bad_signature' }],
  ['FAST_JWT_MISSING_SIGNATURE', { reason: 'bad_signature' }],
  ['FAST_JWT_INVALID_ALGORITHM', { reason: 'unsupported_algorithm' }],
  ['FAST_JWT_MALFORMED', { reason: 'malformed' }],
  ['FAST_JWT_INVALID_PAYLOAD', { reason: 'malformed' }],
  ['FAST_JWT_INVALID_CLAIM_TYPE', { reason: 'malformed' }],
  ['FAST_JWT_INVALID_CRIT_HEADER', { reason: 'rejected' }],
  ['FAST_JWT_INVALID_TYPE', { reason: 'rejected' }],
  ['FAST_JWT_KEY_FETCHING_ERROR', { reason: 'unknown_key' }],
])

const claims = ['iss', 'sub', 'aud', 'jti', 'nbf', 'exp', 'iat', 'scope'] as const

/** Undefined for what is no judgement of a token: there was none, or an option was wrong. */
export function refusalOfFastJwt(error: unknown): Refusal | undefined {
  const code = memberOf(error, 'code')
  const known = byCode.get(code)
  if (known !== undefined) return known
  const message = memberOf(error, 'message')
  const said = typeof message === 'string' ? message : ''
  if (code === 'FAST_JWT_MISSING_REQUIRED_CLAIM') return { reason: 'missing_claim', claim: claimIn(said) }
  if (code === 'FAST_JWT_INVALID_CLAIM_VALUE') return ofClaim(said)
  if (code !== 'FST_JWT_AUTHORIZATION_TOKEN_INVALID') return undefined
  if (said.includes('signature')) return { reason: 'bad_signature' }
  if (/malformed|is not a valid|must be an object/.test(said)) return { reason: 'malformed' }
  if (/ claim is required\.$/.test(said)) return { reason: 'missing_claim', claim: claimIn(said) }
  if (/ claim value /.test(said)) return ofClaim(said)
  if (said.includes('public key provided for algorithms')) return { reason: 'unsupported_algorithm' }
  return { reason: 'rejected' }
}

function ofClaim(said: string): Refusal {
  const claim = claimIn(said)
  return { reason: claim === 'aud' ? 'wrong_audience' : claim === 'iss' ? 'wrong_issuer' : 'rejected', claim }
}

function claimIn(said: string): NonNullable<Refusal['claim']> {
  const name = / (\w{2,12}) claim /.exec(said)?.[1]
  return claims.find((one) => one === name) ?? 'other'
}
