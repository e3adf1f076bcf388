/** Errors of libraries carry what a client sent; whatever they look like, they are judged and nothing is thrown. */
import { catalogue } from '@trailmark/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refusalOfFastJwt } from './fast-jwt-errors.ts'
import { refusalOfJose } from './jose-errors.ts'
import { refusalOfJsonwebtoken } from './jsonwebtoken-errors.ts'
import { refusalOfBearer } from './oauth2-bearer-errors.ts'
import type { Refusal } from './tokens.ts'

const { reasons, metadata } = catalogue.invalid_token_presented
const judges: readonly (readonly [string, (error: unknown) => Refusal | undefined])[] = [
  ['jsonwebtoken', refusalOfJsonwebtoken],
  ['jose', refusalOfJose],
  ['fast-jwt', refusalOfFastJwt],
  ['express-oauth2-jwt-bearer', (error) => refusalOfBearer(error, true)],
]

const known = fc.constantFrom(
  'JsonWebTokenError',
  'TokenExpiredError',
  'ERR_JWT_CLAIM_VALIDATION_FAILED',
  'FST_JWT_AUTHORIZATION_TOKEN_INVALID',
  'FAST_JWT_INVALID_CLAIM_VALUE',
  'invalid_token',
  '',
)
const errors = fc.oneof(
  fc.anything(),
  fc.record(
    {
      name: fc.oneof(known, fc.anything()),
      code: fc.oneof(known, fc.anything()),
      message: fc.oneof(fc.string(), fc.string({ minLength: 20_000, maxLength: 20_000 }), fc.anything()),
      claim: fc.oneof(fc.constantFrom('aud', 'iss', 'nbf'), fc.anything()),
      reason: fc.constantFrom('missing', 'invalid', 'check_failed'),
    },
    { requiredKeys: [] },
  ),
)

describe.each(judges)('an error of %s', (_name, judge) => {
  it('is judged in the catalogue’s words or not at all', () => {
    fc.assert(
      fc.property(errors, (error) => {
        const refusal = judge(error)
        if (refusal === undefined) return
        expect(reasons).toContain(refusal.reason)
        if (refusal.claim !== undefined) expect(metadata.claim.values).toContain(refusal.claim)
      }),
    )
  })

  it('that throws when it is looked at is no judgement', () => {
    const hostile = new Proxy(new Error('deliberate'), {
      get: () => {
        throw new Error('deliberate')
      },
    })
    expect(judge(hostile)).toBeUndefined()
  })
})
