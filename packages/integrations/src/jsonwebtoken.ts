/** Tokens that jsonwebtoken refuses: `@trailmark/integrations/jsonwebtoken`. */
import { refusalOfJsonwebtoken } from './authn/jsonwebtoken-errors.ts'
import { type TokenOptions, watchTokenFunctions } from './authn/token-functions.ts'

export type { TokenOptions } from './authn/token-functions.ts'

/** What is called of jsonwebtoken. */
export interface JsonwebtokenLike {
  verify(...given: never[]): unknown
}

/**
 * Records `invalid_token_presented` with its reason and claim when `verify()` refuses a token: once in a request, when it ends,
 * and not where another key accepts the same token. That a token is accepted is no event. Tokens and their claims are
 * neither kept nor written.
 *
 *     import jwt from 'jsonwebtoken'
 *     auditJsonwebtoken(jwt)
 *
 * The module is changed in place, so libraries that use the same copy of it are seen too. The namespace of
 * `import * as jwt` cannot be changed: use what is returned.
 *
 *     const { verify } = auditJsonwebtoken(jwt)
 *
 * Throws AUDIT_LIBRARY_UNKNOWN for what has no `verify()`.
 */
export function auditJsonwebtoken<T extends JsonwebtokenLike>(jwt: T, options: TokenOptions = {}): T {
  // A function in the second place finds the key.
  return watchTokenFunctions('auditJsonwebtoken()', jwt, ['verify'], options, refusalOfJsonwebtoken, 2)
}
