/** jsonwebtoken and jose themselves, verifying tokens of requests to a real Express application. */
import { generateKeyPairSync } from 'node:crypto'
import { findLeaks, testAudit } from '@trailmark/core/testing'
import { auditJose } from '@trailmark/integrations/jose'
import { auditJsonwebtoken } from '@trailmark/integrations/jsonwebtoken'
import type { Request, Response } from 'express'
import * as joseModule from 'jose'
import jwt, * as jwtModule from 'jsonwebtoken'
import { afterEach, describe, expect, it } from 'vitest'
import { type Served, serveExpress } from './audited-express.ts'

const secret = 'a-secret-that-nobody-knows-0123456789'
const other = 'another-secret-that-nobody-knows-9876543210'
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const person = 'usr_planted_0815'
const claims = { sub: person, iss: 'https://issuer.example', aud: 'clinic', jti: 'one' }
const nowS = Math.floor(Date.now() / 1000)

const good = jwt.sign(claims, secret, { expiresIn: 60 })
const unsigned = `${good.split('.').slice(0, 2).join('.')}.`
const bad = {
  expired: jwt.sign({ ...claims, exp: nowS - 60 }, secret),
  early: jwt.sign({ ...claims, nbf: nowS + 600 }, secret),
  forged: jwt.sign(claims, other),
  rsa: jwt.sign(claims, privateKey, { algorithm: 'RS256' }),
  foreign: jwt.sign({ ...claims, iss: 'https://else.example' }, secret),
  misdirected: jwt.sign({ ...claims, aud: 'bank' }, secret),
  old: jwt.sign({ ...claims, iat: nowS - 3_600 }, secret),
  timeless: jwt.sign(claims, secret, { noTimestamp: true }),
  strange: `${Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')}.bm90IEpTT04.c2ln`,
}
const expected = { issuer: claims.iss, audience: claims.aud }

let served: Served | undefined
afterEach(async () => {
  await served?.close()
  served = undefined
})

/** Asks `check` with the request's token; what it throws is a 401. */
async function serve(check: (token: string, req: Request, res: Response) => unknown): Promise<Served> {
  served = await serveExpress((app) => {
    app.get('/', async (req, res) => {
      try {
        await check(req.headers.authorization?.slice(7) ?? '', req, res)
        if (!res.writableEnded) res.end('welcome')
      } catch {
        res.status(401).end()
      }
    })
  })
  return served
}

const ask = async ({ send }: Served, token: string): Promise<void> =>
  void (await send('/', { headers: { authorization: `Bearer ${token}` } }))

function invalid({ audit }: Served): string[] {
  return audit.records.map(({ event_type: type, reason, metadata }) =>
    [type, reason, Reflect.get(Object(metadata), 'claim')].filter((one) => one !== undefined).join(' '),
  )
}

auditJsonwebtoken(jwt)
const jose = auditJose(joseModule)

describe('jsonwebtoken', () => {
  it.each<[string, jwt.VerifyOptions, string, (string | typeof publicKey)?]>([
    ['expired', {}, 'expired exp'],
    ['old', { maxAge: 60 }, 'expired iat'],
    ['early', {}, 'not_yet_valid nbf'],
    ['forged', {}, 'bad_signature'],
    ['rsa', {}, 'unsupported_algorithm'],
    ['rsa', { algorithms: ['RS256', 'HS256'] }, 'unsupported_algorithm'],
    ['foreign', expected, 'wrong_issuer iss'],
    ['misdirected', expected, 'wrong_audience aud'],
    ['timeless', { maxAge: 60 }, 'missing_claim iat'],
    ['strange', {}, 'malformed'],
  ])('a token that is %s is invalid, with its reason: %o', async (name, options, reason) => {
    const at = await serve((token) => jwt.verify(token, secret, options))
    await ask(at, Reflect.get(bad, name))
    expect(invalid(at)).toEqual([`invalid_token_presented ${reason}`])
    expect(
      findLeaks(JSON.stringify([at.audit.records, at.audit.lines]), { person, token: Reflect.get(bad, name) }),
    ).toEqual([])
  })

  it.each([
    ['garbage', 'malformed'],
    ['a.b.c', 'malformed'],
    [unsigned, 'bad_signature'],
    [jwt.sign(claims, '', { algorithm: 'none' }), 'bad_signature'],
  ])('%s is no token', async (token, reason) => {
    const at = await serve((presented) => jwt.verify(presented, secret))
    await ask(at, token)
    expect(invalid(at)).toEqual([`invalid_token_presented ${reason}`])
  })

  it('an accepted token is no event, and the caller gets what the library says', async () => {
    const at = await serve((token, _req, res) => res.json(jwt.verify(token, secret)))
    const answer = await at.send('/', { headers: { authorization: `Bearer ${good}` } })
    expect(await answer.json()).toMatchObject(claims)
    expect(invalid(at)).toEqual([])
    expect(() => jwt.verify(bad.forged, secret)).toThrow(jwt.JsonWebTokenError)
  })

  it('callbacks and keys that come later are seen, and a callback of nothing but an error is called once', async () => {
    let calls = 0
    const at = await serve(
      (token) =>
        new Promise((resolve, reject) => {
          const key: jwt.GetPublicKeyOrSecret = (_header, found) => void setImmediate(() => found(null, secret))
          jwt.verify(token, key, (error, payload) => {
            calls++
            if (error) reject(error)
            else resolve(payload)
          })
        }),
    )
    await ask(at, good)
    await ask(at, bad.forged)
    expect([invalid(at), calls]).toEqual([['invalid_token_presented bad_signature'], 2])
  })

  it('what one key refuses and another accepts was never invalid, in whichever order', async () => {
    const tryAll = (keys: readonly string[]) => (token: string) =>
      keys.some((key) => {
        try {
          return Boolean(jwt.verify(token, key))
        } catch {
          return false
        }
      })
    for (const keys of [
      [other, secret],
      [secret, other],
    ]) {
      const at = await serve((token, _req, res) => {
        for (const key of keys) tryAll([key])(token)
        res.status(200)
      })
      await ask(at, good)
      expect(invalid(at)).toEqual([])
      await at.close()
    }
    const at = await serve((token) => {
      if (!tryAll([other, secret])(token)) throw new Error('refused')
    })
    await ask(at, bad.expired)
    expect(invalid(at)).toEqual(['invalid_token_presented expired exp'])
  })

  it('one bad token of many makes one record, also where the application answers 200', async () => {
    const at = await serve((token) => {
      for (const one of [token, bad.expired, bad.forged, ...Array.from({ length: 100 }, (_, n) => `x${n}`)])
        try {
          jwt.verify(one, secret)
        } catch {
          // The application lets it pass.
        }
    })
    await ask(at, good)
    expect(invalid(at)).toHaveLength(1)
  })

  it('wrong options and missing tokens are not the client’s doing', async () => {
    const at = await serve((_token, _req, res) => {
      expect(() => jwt.verify('', secret)).toThrow('jwt must be provided')
      expect(() => jwt.verify(good, '')).toThrow('secret or public key must be provided')
      expect(() => jwt.verify(good, secret, { nonce: '' })).toThrow('nonce')
      res.status(200)
    })
    await ask(at, good)
    expect(invalid(at)).toEqual([])
  })

  it('outside of any request a refusal is on record at once, with the audit that was given', async () => {
    const audit = testAudit()
    const own = auditJsonwebtoken({ verify: joinless() }, { audit })
    expect(() => own.verify(bad.expired, secret)).toThrow('expired')
    expect(audit.records).toMatchObject([{ event_type: 'invalid_token_presented', reason: 'expired' }])
    await audit.close()
  })

  it('is changed in place and once; a namespace is answered by a copy, and another library by an error', () => {
    const before = jwt.verify
    expect(auditJsonwebtoken(jwt)).toBe(jwt)
    expect(jwt.verify).toBe(before)
    const namespace = { ...jwtModule, verify: jwt.verify }
    expect(auditJsonwebtoken(namespace).verify).toBe(before)
    expect(() => auditJsonwebtoken({} as never)).toThrow(expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN' }))
  })
})

/** The library's own function, unwatched. */
function joinless(): typeof jwt.verify {
  const held = Object.getOwnPropertySymbols(jwt.verify).map((symbol) => Reflect.get(jwt.verify, symbol))
  return held.find((one) => typeof one === 'function')
}

describe('jose', () => {
  const key = new TextEncoder().encode(secret)

  it.each<[string, joseModule.JWTVerifyOptions, string]>([
    ['expired', {}, 'expired exp'],
    ['old', { maxTokenAge: 60 }, 'expired iat'],
    ['early', {}, 'not_yet_valid nbf'],
    ['forged', {}, 'bad_signature'],
    ['expired', { algorithms: ['HS512'] }, 'unsupported_algorithm'],
    ['foreign', expected, 'wrong_issuer iss'],
    ['misdirected', expected, 'wrong_audience aud'],
    ['timeless', { requiredClaims: ['iat'] }, 'missing_claim iat'],
    ['old', { subject: 'else' }, 'rejected sub'],
  ])('a token that is %s is invalid, with its reason: %o', async (name, options, reason) => {
    const at = await serve((token) => jose.jwtVerify(token, key, options))
    await ask(at, Reflect.get(bad, name))
    expect(invalid(at)).toEqual([`invalid_token_presented ${reason}`])
    expect(
      findLeaks(JSON.stringify([at.audit.records, at.audit.lines]), { person, token: Reflect.get(bad, name) }),
    ).toEqual([])
  })

  it('an accepted token is no event, and neither is one that another key accepts', async () => {
    const keys = [new TextEncoder().encode(other), key]
    const at = await serve(async (token, _req, res) => {
      const results = await Promise.allSettled(keys.map((one) => jose.jwtVerify(token, one)))
      res.json(results.map((one) => one.status))
    })
    await ask(at, good)
    expect(invalid(at)).toEqual([])
  })

  it('unknown keys, other forms and encryption are judged too', async () => {
    const set = joseModule.createLocalJWKSet({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'here' }] })
    const unknown = await new joseModule.SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'elsewhere' })
      .sign(privateKey)
    const checks: readonly (readonly [string, (token: string) => Promise<unknown>])[] = [
      ['invalid_token_presented unknown_key', () => jose.jwtVerify(unknown, set)],
      ['invalid_token_presented malformed', () => jose.compactVerify('x.y', key)],
      [
        'invalid_token_presented bad_signature',
        () => jose.flattenedVerify({ payload: 'e30', protected: 'eyJhbGciOiJIUzI1NiJ9', signature: 'eA' }, key),
      ],
      ['invalid_token_presented malformed', () => jose.jwtDecrypt('x', key)],
    ]
    for (const [told, check] of checks) {
      const at = await serve(check)
      await ask(at, good)
      expect(invalid(at)).toEqual([told])
      await at.close()
    }
  })

  it('a key set that cannot be fetched is no invalid token of the client’s', async () => {
    const set = joseModule.createRemoteJWKSet(new URL('http://127.0.0.1:1/keys'))
    const at = await serve((token, _req, res) => jose.jwtVerify(token, set).catch(() => res.status(503)))
    await ask(at, bad.rsa)
    expect(invalid(at)).toEqual(['application_error'])
  })

  it('is answered by a copy, which is watched once', () => {
    expect(jose).not.toBe(joseModule)
    expect(jose.jwtVerify).not.toBe(joseModule.jwtVerify)
    expect(auditJose(jose).jwtVerify).toBe(jose.jwtVerify)
    expect(jose.SignJWT).toBe(joseModule.SignJWT)
    expect(() => auditJose({} as never)).toThrow(expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN' }))
  })
})
