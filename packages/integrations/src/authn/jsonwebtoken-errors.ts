/**
 * What an error of jsonwebtoken says of the token, in the catalogue's words. The library tells its errors apart by name and
 * by sentence; sentences it writes about wrong options are none of the client's doing and mean nothing here.
 */
import { memberOf } from '../member.ts'
import type { Refusal } from './tokens.ts'

const bySentence: readonly (readonly [start: string, Refusal])[] = [
  ['jwt malformed', { reason: 'malformed' }],
  ['jwt must be a string', { reason: 'malformed' }],
  ['invalid token', { reason: 'malformed' }],
  ['invalid nbf value', { reason: 'malformed', claim: 'nbf' }],
  ['invalid exp value', { reason: 'malformed', claim: 'exp' }],
  ['invalid signature', { reason: 'bad_signature' }],
  ['jwt signature is required', { reason: 'bad_signature' }],
  ['invalid algorithm', { reason: 'unsupported_algorithm' }],
  // A token that asks for another kind of key than the application has: the attack of that name.
  ['secretOrPublicKey must be a symmetric key', { reason: 'unsupported_algorithm' }],
  ['secretOrPublicKey must be an asymmetric key', { reason: 'unsupported_algorithm' }],
  ['jwt audience invalid', { reason: 'wrong_audience', claim: 'aud' }],
  ['jwt issuer invalid', { reason: 'wrong_issuer', claim: 'iss' }],
  ['jwt subject invalid', { reason: 'rejected', claim: 'sub' }],
  ['jwt jwtid invalid', { reason: 'rejected', claim: 'jti' }],
  ['jwt nonce invalid', { reason: 'rejected', claim: 'other' }],
  ['iat required', { reason: 'missing_claim', claim: 'iat' }],
  ['error in secret or public key callback', { reason: 'rejected' }],
]

/** Undefined for what is no judgement of a token: nothing was presented, or an option was wrong. */
export function refusalOfJsonwebtoken(error: unknown): Refusal | undefined {
  const name = memberOf(error, 'name')
  const message = memberOf(error, 'message')
  if (name === 'NotBeforeError') return { reason: 'not_yet_valid', claim: 'nbf' }
  if (name === 'TokenExpiredError') {
    // `maxAge` counts from the time of issue.
    return { reason: 'expired', claim: message === 'maxAge exceeded' ? 'iat' : 'exp' }
  }
  // What is not JSON inside of a token comes through as the parser's own error.
  if (name === 'SyntaxError') return { reason: 'malformed' }
  if (name !== 'JsonWebTokenError' || typeof message !== 'string') return undefined
  return bySentence.find(([start]) => message.startsWith(start))?.[1]
}
