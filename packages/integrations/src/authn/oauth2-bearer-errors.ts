/**
 * What an error of express-oauth2-jwt-bearer says of the token, in the catalogue's words. It has the codes of RFC 6750, and
 * for why only a sentence: its own, or the one of jose beneath it.
 */
import { memberOf } from '../member.ts'
import type { Refusal } from './tokens.ts'

const bySentence: readonly (readonly [RegExp, Refusal])[] = [
  [/^signature verification failed/, { reason: 'bad_signature' }],
  [/^"exp" claim timestamp/, { reason: 'expired', claim: 'exp' }],
  [/^Unexpected 'exp' value/, { reason: 'expired', claim: 'exp' }],
  [/^"nbf" claim timestamp/, { reason: 'not_yet_valid', claim: 'nbf' }],
  [/^"iat" claim timestamp/, { reason: 'not_yet_valid', claim: 'iat' }],
  [/^Unexpected 'aud' value/, { reason: 'wrong_audience', claim: 'aud' }],
  [/^(?:Unexpected 'iss' value|Token issuer is not allowed)/, { reason: 'wrong_issuer', claim: 'iss' }],
  [/^Token missing required 'iss'/, { reason: 'missing_claim', claim: 'iss' }],
  // The last is what jose says of a token that asks for another kind of key than there is.
  [
    /^(?:Unexpected 'alg' value|Unsupported algorithm|"alg" |Key (?:for the|must be) )/,
    { reason: 'unsupported_algorithm' },
  ],
  [/^no applicable key found/, { reason: 'unknown_key' }],
  [
    /^(?:Invalid (?:Compact )?JW|JW[ST]s? |Token header|Failed to (?:base64url|parse the decoded))/,
    { reason: 'malformed' },
  ],
  [/^(?:Missing|Unexpected) '/, { reason: 'rejected', claim: 'other' }],
]

/** Undefined for what is no judgement of a token: there was none, or the request itself was wrong. */
export function refusalOfBearer(error: unknown, presented: boolean): Refusal | undefined {
  const code = memberOf(error, 'code')
  const message = memberOf(error, 'message')
  if (code === 'invalid_dpop_proof') return { reason: 'rejected' }
  // With no code: the header that should have carried a token has another form.
  if (code === '' && memberOf(error, 'name') === 'InvalidRequestError')
    return presented ? { reason: 'malformed' } : undefined
  if (code === 'invalid_request') return message === severalTokens ? { reason: 'malformed' } : undefined
  if (code !== 'invalid_token') return undefined
  if (typeof message !== 'string') return { reason: 'rejected' }
  return bySentence.find(([sentence]) => sentence.test(message))?.[1] ?? { reason: 'rejected' }
}

const severalTokens = 'More than one method used for authentication'
