/** What an error of jose says of the token, in the catalogue's words. The library tells its errors apart by code. */
import { memberOf } from '../member.ts'
import type { Refusal } from './tokens.ts'

const byCode: ReadonlyMap<unknown, Refusal> = new Map<unknown, Refusal>([
  ['ERR_JOSE_ALG_NOT_ALLOWED', { reason: 'unsupported_algorithm' }],
  ['ERR_JOSE_NOT_SUPPORTED', { reason: 'unsupported_algorithm' }],
  ['ERR_JWE_DECRYPTION_FAILED', { reason: 'bad_signature' }],
  ['ERR_JWS_SIGNATURE_VERIFICATION_FAILED', { reason: 'bad_signature' }],
  ['ERR_JWE_INVALID', { reason: 'malformed' }],
  ['ERR_JWS_INVALID', { reason: 'malformed' }],
  ['ERR_JWT_INVALID', { reason: 'malformed' }],
  ['ERR_JWKS_NO_MATCHING_KEY', { reason: 'unknown_key' }],
  ['ERR_JWKS_MULTIPLE_MATCHING_KEYS', { reason: 'unknown_key' }],
])

type Claim = NonNullable<Refusal['claim']>
const claims: readonly Claim[] = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'scope']

/** Undefined for what is no judgement of a token: a key set that cannot be fetched, an option that is wrong. */
export function refusalOfJose(error: unknown): Refusal | undefined {
  const code = memberOf(error, 'code')
  if (code === 'ERR_JWT_EXPIRED') return { reason: 'expired', claim: claimOf(error) }
  if (code !== 'ERR_JWT_CLAIM_VALIDATION_FAILED') return byCode.get(code)
  const claim = claimOf(error)
  const why = memberOf(error, 'reason')
  if (why === 'missing') return { reason: 'missing_claim', claim }
  if (why === 'invalid') return { reason: 'malformed', claim }
  if (claim === 'aud') return { reason: 'wrong_audience', claim }
  if (claim === 'iss') return { reason: 'wrong_issuer', claim }
  return { reason: claim === 'nbf' || claim === 'iat' ? 'not_yet_valid' : 'rejected', claim }
}

function claimOf(error: unknown): Claim {
  const name = memberOf(error, 'claim')
  return claims.find((one) => one === name) ?? 'other'
}
