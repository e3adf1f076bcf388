/** What libraries for tokens raise: whole payloads, expected audiences, keys. */
import { generateKeyPairSync } from 'node:crypto'
import { importPKCS8, jwtDecrypt, jwtVerify, SignJWT } from 'jose'
import jwt from 'jsonwebtoken'
import { person, secret } from './plants.ts'
import { type Provoked, provoked } from './provoked.ts'

const claims = { sub: person.user, email: person.email, ssn: person.ssn }
const token = jwt.sign({ ...claims, exp: 1_700_000_000, iat: 1_600_000_000 }, secret.hmac)
const valid = jwt.sign({ ...claims, aud: 'ward', iat: 1_600_000_000 }, secret.hmac)
const early = jwt.sign({ ...claims, nbf: 4_000_000_000, iat: 1_600_000_000 }, secret.hmac)
const key = new TextEncoder().encode(secret.hmac)
const planted = [
  person.user,
  person.email,
  person.ssn,
  secret.hmac,
  ...valid.split('.').slice(1),
  ...token.split('.').slice(1),
]

export const tokens: readonly Provoked[] = [
  provoked('jsonwebtoken', 'an expired token', {
    planted,
    expect: { type: 'TokenExpiredError', template: /jwt expired/ },
    work: () => jwt.verify(token, secret.hmac),
  }),
  provoked('jsonwebtoken', 'a token of another key', {
    planted,
    expect: { type: 'JsonWebTokenError', template: /invalid signature/ },
    work: () => jwt.verify(valid, 'x'),
  }),
  provoked('jsonwebtoken', 'a text that is no token', {
    planted: [secret.bearer],
    expect: { type: 'JsonWebTokenError', template: /jwt malformed/ },
    work: () => jwt.verify(secret.bearer, secret.hmac),
  }),
  provoked('jsonwebtoken', 'a token for somebody else', {
    planted: [...planted, 'quirina-portal'],
    expect: { type: 'JsonWebTokenError', template: /jwt audience invalid/ },
    work: () => jwt.verify(valid, secret.hmac, { audience: 'quirina-portal' }),
  }),
  provoked('jsonwebtoken', 'a token of somebody else', {
    planted: [...planted, person.name],
    expect: { type: 'JsonWebTokenError', template: /jwt subject invalid/ },
    work: () => jwt.verify(valid, secret.hmac, { subject: person.name }),
  }),
  provoked('jsonwebtoken', 'a token that is not valid yet', {
    planted: [...planted, ...early.split('.').slice(1)],
    expect: { type: 'NotBeforeError', template: /jwt not active/ },
    work: () => jwt.verify(early, secret.hmac),
  }),
  provoked('jsonwebtoken', 'options that are none, with a payload', {
    planted: [person.email, person.ssn],
    expect: { type: 'Error', template: /expiresIn|Bad "options/ },
    work: () => jwt.sign({ ...claims, exp: 1 }, secret.hmac, { expiresIn: 5 }),
  }),
  provoked('jose', 'an expired token, with its payload', {
    planted,
    expect: { type: 'JWTExpired', code: 'ERR_JWT_EXPIRED', template: /"?exp"? claim timestamp check failed/ },
    work: () => jwtVerify(token, key),
  }),
  provoked('jose', 'a token of another key', {
    planted,
    expect: {
      type: 'JWSSignatureVerificationFailed',
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      template: /signature verification failed/,
    },
    work: () => jwtVerify(valid, new TextEncoder().encode('x'.repeat(32))),
  }),
  provoked('jose', 'a claim nobody expected', {
    planted,
    expect: {
      type: 'JWTClaimValidationFailed',
      code: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
      template: /unexpected .* claim value/,
    },
    work: () => jwtVerify(valid, key, { audience: 'other' }),
  }),
  provoked('jose', 'a text that is no token', {
    planted: [secret.bearer],
    expect: { type: 'JWSInvalid', code: 'ERR_JWS_INVALID', template: /Invalid Compact JWS/ },
    work: () => jwtVerify(secret.bearer, key),
  }),
  provoked('jose', 'a text that is not encrypted', {
    planted: [secret.bearer],
    expect: { type: 'JWEInvalid', code: 'ERR_JWE_INVALID', template: /Invalid Compact JWE/ },
    work: () => jwtDecrypt(secret.bearer, key),
  }),
  provoked('jose', 'a key that is none', {
    planted: [secret.hmac, Buffer.from(secret.hmac).toString('base64')],
    expect: { type: /^(DOMException|TypeError|Error|DataError)$/ },
    work: () =>
      importPKCS8(
        `-----BEGIN PRIVATE KEY-----\n${Buffer.from(secret.hmac).toString('base64')}\n-----END PRIVATE KEY-----`,
        'RS256',
      ),
  }),
  provoked('jose', 'a key of the wrong kind', {
    planted: [person.email, person.ssn],
    expect: { type: 'TypeError', template: /[Kk]ey/ },
    work: () =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(generateKeyPairSync('ed25519').privateKey),
  }),
]
