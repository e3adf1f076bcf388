/** @fastify/jwt, koa-jwt and express-oauth2-jwt-bearer themselves, on real sockets, with the same tokens. */
import { generateKeyPairSync } from 'node:crypto'
import fastifyJwt from '@fastify/jwt'
import { findLeaks } from '@trailmark/core/testing'
import { auditOauth2Bearer } from '@trailmark/integrations/express-oauth2-jwt-bearer'
import { auditFastifyJwt } from '@trailmark/integrations/fastify-jwt'
import { auditKoaJwt } from '@trailmark/integrations/koa-jwt'
import type { NextFunction, Request, Response } from 'express'
import { auth, claimEquals, requiredScopes } from 'express-oauth2-jwt-bearer'
import jwt from 'jsonwebtoken'
import koaJwt from 'koa-jwt'
import { afterEach, describe, expect, it } from 'vitest'
import { type Served, serveExpress } from './audited-express.ts'
import { serveFastify } from './audited-fastify.ts'
import { serveKoa } from './audited-koa.ts'

const secret = 'a-secret-that-nobody-knows-0123456789'
const person = 'usr_planted_0815'
const issuer = 'https://issuer.example/'
const claims = { sub: person, iss: issuer, aud: 'clinic', scope: 'read:self' }
const nowS = Math.floor(Date.now() / 1000)
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

const tokens = {
  good: jwt.sign(claims, secret, { expiresIn: 60 }),
  revoked: jwt.sign({ ...claims, jti: 'revoked' }, secret, { expiresIn: 60 }),
  expired: jwt.sign({ ...claims, exp: nowS - 60 }, secret),
  early: jwt.sign({ ...claims, nbf: nowS + 600, exp: nowS + 900 }, secret),
  forged: jwt.sign(claims, 'another-secret-that-nobody-knows-98765', { expiresIn: 60 }),
  rsa: jwt.sign(claims, privateKey, { algorithm: 'RS256', expiresIn: 60 }),
  foreign: jwt.sign({ ...claims, iss: 'https://else.example/' }, secret, { expiresIn: 60 }),
  misdirected: jwt.sign({ ...claims, aud: 'bank' }, secret, { expiresIn: 60 }),
  garbage: 'a.b.c',
} as const
type Name = keyof typeof tokens

let served: Served | undefined
afterEach(async () => {
  await served?.close()
  served = undefined
})

async function told(at: Served, path: string, header: string | undefined): Promise<string[]> {
  const init = header === undefined ? {} : { headers: { authorization: header } }
  const { status } = await at.send(path, init)
  const records = at.told()
  expect(
    findLeaks(JSON.stringify([at.audit.records, at.audit.lines]), { person, token: tokens.good.slice(40) }),
  ).toEqual([])
  return [String(status), ...records]
}

const invalid = 'invalid_token_presented'
const nobody = 'authz_deny unauthenticated'

describe('@fastify/jwt', () => {
  const serve = async (more: object = {}): Promise<Served> => {
    served = await serveFastify(async (app) => {
      const verify = { allowedIss: issuer, allowedAud: 'clinic', algorithms: ['HS256' as const] }
      app.addHook('onRequest', async (request) => {
        if (request.url === '/early') await request.jwtVerify()
      })
      await app.register(fastifyJwt, { secret, verify, ...more })
      expect(auditFastifyJwt(app)).toBe(app)
      auditFastifyJwt(app)
      app.get('/', async (request) => {
        await request.jwtVerify()
        return 'welcome'
      })
      app.get('/early', async () => 'welcome')
      app.get('/caught', async (request, reply) => {
        await request.jwtVerify().catch(() => reply.code(401).send('no'))
        return reply
      })
      app.get('/callback', (request, reply) => {
        request.jwtVerify((error) => void reply.code(error ? 401 : 200).send('done'))
      })
      app.get('/direct', async (request) => {
        app.jwt.verify(request.headers.authorization?.slice(7) ?? '')
        return 'welcome'
      })
      await app.register(async (inner) => {
        inner.addHook('preHandler', (request) => request.jwtVerify().then(() => undefined))
        inner.get('/inner', async () => 'welcome')
      })
    })
    return served
  }

  it.each<[Name, string]>([
    ['expired', 'expired'],
    ['forged', 'bad_signature'],
    ['foreign', 'wrong_issuer'],
    ['misdirected', 'wrong_audience'],
    ['garbage', 'malformed'],
  ])('a token that is %s is invalid, once, with its reason', async (name, reason) => {
    const at = await serve()
    for (const path of ['/early', '/', '/caught', '/callback', '/inner'])
      expect([path, ...(await told(at, path, `Bearer ${tokens[name]}`))]).toEqual([path, '401', `${invalid} ${reason}`])
  })

  it('a token of another time or kind is invalid, whatever status the application answers', async () => {
    const at = await serve()
    expect((await told(at, '/callback', `Bearer ${tokens.early}`)).slice(1)).toEqual([`${invalid} not_yet_valid`])
    expect((await told(at, '/callback', `Bearer ${tokens.rsa}`)).slice(1)).toEqual([`${invalid} unsupported_algorithm`])
    expect((await told(at, '/direct', `Bearer ${tokens.expired}`)).slice(1)).toContain(`${invalid} expired`)
  })

  it('one that the application does not trust was revoked, and no token is no invalid token', async () => {
    const at = await serve({ trusted: (_request: unknown, token: object) => Reflect.get(token, 'jti') !== 'revoked' })
    expect(await told(at, '/', `Bearer ${tokens.revoked}`)).toEqual(['401', `${invalid} revoked`])
    expect(await told(at, '/', `Bearer ${tokens.good}`)).toEqual(['200'])
    expect(await told(at, '/', undefined)).toEqual(['401', nobody])
    expect(await told(at, '/', 'Bearer a b')).toEqual(['400', `${invalid} malformed`])
  })

  it('refuses a Fastify without it', async () => {
    served = await serveFastify((app) => {
      expect(() => auditFastifyJwt(app)).toThrow(expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN' }))
    })
  })
})

describe('koa-jwt', () => {
  const serve = async (more: Partial<koaJwt.Options> = {}): Promise<Served> => {
    served = await serveKoa((app) => {
      const guard = auditKoaJwt(koaJwt({ secret, issuer, audience: 'clinic', ...more }))
      expect(auditKoaJwt(guard)).toBe(guard)
      app.use(guard.unless({ path: ['/public'] }))
      app.use((ctx) => {
        if (ctx.path === '/throws')
          throw Object.assign(new Error('deliberate'), { originalError: new jwt.JsonWebTokenError('jwt malformed') })
        ctx.body = 'welcome'
      })
    })
    return served
  }

  it.each<[Name, string]>([
    ['expired', 'expired'],
    ['early', 'not_yet_valid'],
    ['forged', 'bad_signature'],
    ['rsa', 'unsupported_algorithm'],
    ['foreign', 'wrong_issuer'],
    ['misdirected', 'wrong_audience'],
    ['garbage', 'malformed'],
  ])('a token that is %s is invalid, once, with its reason', async (name, reason) => {
    const at = await serve()
    expect(await told(at, '/', `Bearer ${tokens[name]}`)).toEqual(['401', `${invalid} ${reason}`])
    expect(await told(at, '/public', `Bearer ${tokens[name]}`)).toEqual(['200'])
  })

  it('what another of its secrets accepts is valid, and what is thrown behind it is not its own', async () => {
    const at = await serve({ secret: ['another-secret', secret] })
    expect(await told(at, '/', `Bearer ${tokens.good}`)).toEqual(['200'])
    expect(await told(at, '/throws', `Bearer ${tokens.good}`)).toEqual(['500', 'application_error'])
    expect(await told(at, '/', undefined)).toEqual(['401', nobody])
  })

  it('with passthrough a bad token is on record and none is nothing', async () => {
    const at = await serve({
      passthrough: true,
      isRevoked: async (_ctx, decoded) => Reflect.get(Object(decoded), 'jti') === 'revoked',
    })
    expect(await told(at, '/', `Bearer ${tokens.expired}`)).toEqual(['200', `${invalid} expired`])
    expect(await told(at, '/', `Bearer ${tokens.revoked}`)).toEqual(['200', `${invalid} revoked`])
    expect(await told(at, '/', undefined)).toEqual(['200'])
  })

  it('refuses what is no middleware', () => {
    expect(() => auditKoaJwt({} as never)).toThrow(expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN' }))
  })
})

describe('express-oauth2-jwt-bearer', () => {
  const serve = async (authRequired = true): Promise<Served> => {
    served = await serveExpress((app) => {
      const options = { issuer, audience: 'clinic', secret, tokenSigningAlg: 'HS256', authRequired }
      const guard = auditOauth2Bearer(auth(options))
      expect(auditOauth2Bearer(guard)).toBe(guard)
      app.get('/', guard, (_req, res) => void res.end('welcome'))
      app.get('/all', guard, auditOauth2Bearer(requiredScopes('read:all')), (_req, res) => void res.end())
      app.get('/staff', guard, auditOauth2Bearer(claimEquals('staff', true)), (_req, res) => void res.end())
      app.use((error: { status?: number }, _req: Request, res: Response, _next: NextFunction) => {
        res.status(error.status ?? 500).end()
      })
    })
    return served
  }

  it.each<[Name, string]>([
    ['expired', 'expired'],
    ['early', 'not_yet_valid'],
    ['forged', 'bad_signature'],
    ['rsa', 'unsupported_algorithm'],
    ['foreign', 'wrong_issuer'],
    ['misdirected', 'wrong_audience'],
    ['garbage', 'malformed'],
  ])('a token that is %s is invalid, once, with its reason', async (name, reason) => {
    const at = await serve()
    expect(await told(at, '/', `Bearer ${tokens[name]}`)).toEqual(['401', `${invalid} ${reason}`])
  })

  it('a missing scope is a denial of somebody who is known, and another header is malformed', async () => {
    const at = await serve()
    expect(await told(at, '/all', `Bearer ${tokens.good}`)).toEqual(['403', 'authz_deny missing_scope'])
    expect(at.audit.records[0]?.user_id).toEqual(expect.any(String))
    expect(await told(at, '/staff', `Bearer ${tokens.good}`)).toEqual(['401', `${invalid} rejected`])
    expect(await told(at, '/', 'Bearer')).toEqual(['400', `${invalid} malformed`])
    expect(await told(at, '/', undefined)).toEqual(['401', nobody])
    expect(await told(at, '/', `Bearer ${tokens.good}`)).toEqual(['200'])
  })

  it('where nobody has to be there, a bad token is on record and none is nothing', async () => {
    const at = await serve(false)
    expect(await told(at, '/', `Bearer ${tokens.expired}`)).toEqual(['200', `${invalid} rejected`])
    expect(await told(at, '/', undefined)).toEqual(['200'])
    expect(await told(at, '/', `Bearer ${tokens.good}`)).toEqual(['200'])
  })

  it('refuses what is no handler', () => {
    expect(() => auditOauth2Bearer({} as never)).toThrow(expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN' }))
  })
})
