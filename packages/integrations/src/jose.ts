/** Tokens that jose refuses: `@trailmark/integrations/jose`. */
import { refusalOfJose } from './authn/jose-errors.ts'
import { type TokenOptions, watchTokenFunctions } from './authn/token-functions.ts'

export type { TokenOptions } from './authn/token-functions.ts'

/** What is called of jose. */
export interface JoseLike {
  jwtVerify(...given: never[]): unknown
}

const functions = [
  'jwtVerify',
  'jwtDecrypt',
  'compactVerify',
  'compactDecrypt',
  'flattenedVerify',
  'flattenedDecrypt',
  'generalVerify',
  'generalDecrypt',
] as const

/**
 * A jose whose `jwtVerify`, `jwtDecrypt`, `compactVerify` and their like are on record: `invalid_token_presented` with its
 * reason and claim, once in a request, when it ends, and not where another key accepts the same token. The library is a
 * module and cannot be changed: use what is returned.
 *
 *     import * as jose from 'jose'
 *     export const { jwtVerify } = auditJose(jose)
 *
 * Throws AUDIT_LIBRARY_UNKNOWN for what has no `jwtVerify()`.
 */
export function auditJose<T extends JoseLike>(jose: T, options: TokenOptions = {}): T {
  // A function in the second place finds the key, and nothing takes a callback.
  return watchTokenFunctions('auditJose()', jose, functions, options, refusalOfJose, Number.POSITIVE_INFINITY)
}
