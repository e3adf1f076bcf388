/** Passport itself, with passport-local, sessions and strategies of every kind, on real sockets. */
import { findLeaks } from '@trailmark/core/testing'
import { audited } from '@trailmark/express'
import { auditPassport } from '@trailmark/integrations/passport'
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express'
import session from 'express-session'
import passport from 'passport'
import { Strategy as LocalStrategy } from 'passport-local'
import { afterEach, describe, expect, it } from 'vitest'
import { type Served, serveExpress } from './audited-express.ts'

const anna = { id: 'usr_anna', roles: [] }
const password = 'correct-horse-battery-staple'
const wrong = 'Tr0ub4dor-and-3'
const email = 'anna.planted@hospital.example'

type Actions = passport.StrategyCreatedStatic

/** A strategy that does what the test says. */
function saying(name: string, say: (actions: Actions, req: Request) => unknown): passport.Strategy & { name: string } {
  return Object.assign(new passport.Strategy(), {
    name,
    authenticate(this: Actions, req: Request) {
      say(this, req)
    },
  })
}

let served: Served | undefined
afterEach(async () => {
  await served?.close()
  served = undefined
})

interface Arranged {
  readonly mine: passport.Authenticator
  readonly app: Express
}

/** An application with a Passport of its own, logins by password, and what the test adds. */
async function serve(arrange: (arranged: Arranged) => void, options?: Parameters<typeof auditPassport>[1]) {
  served = await serveExpress((app) => {
    const mine = auditPassport(new passport.Passport(), options)
    mine.use(
      new LocalStrategy((name, secret, done) => {
        if (name === 'broken') throw new Error('deliberate')
        if (name === 'down') return done(new Error('deliberate'))
        if (name === 'silent') return
        if (name === 'locked') return done(null, false, { message: 'account_locked' })
        if (name === 'twice') done(null, anna)
        done(null, secret === password && anna, { message: 'Nope.' })
      }),
    )
    mine.serializeUser<string>((user, done) => done(null, (user as typeof anna).id))
    mine.deserializeUser<string>((id, done) => done(null, { ...anna, id }))
    app.use(session({ secret: 'keyboard', resave: false, saveUninitialized: false }))
    app.use(mine.session())
    arrange({ mine, app })
    app.use((_error: Error, _req: Request, res: Response, _next: NextFunction) => void res.status(500).end())
  })
  return served
}

const done: RequestHandler = (_req, res) => void res.end('done')
const right = { username: email, password }
const bad = { username: email, password: wrong }

describe('a login by password', () => {
  it.each<[string, (local: passport.Authenticator) => RequestHandler, Record<string, string>, string[]]>([
    ['that succeeds', (mine) => mine.authenticate('local'), right, ['login_success']],
    ['that redirects', (mine) => mine.authenticate('local', { successRedirect: '/' }), right, ['login_success']],
    ['without a session', (mine) => mine.authenticate('local', { session: false }), right, ['login_success']],
    ['that fails', (mine) => mine.authenticate('local'), bad, ['login_failure invalid_credentials']],
    [
      'that fails without a password',
      (mine) => mine.authenticate('local'),
      { username: email },
      ['login_failure invalid_credentials'],
    ],
    [
      'that fails into a redirect',
      (mine) => mine.authenticate('local', { failureRedirect: '/' }),
      bad,
      ['login_failure invalid_credentials'],
    ],
    [
      'that fails with an error',
      (mine) => mine.authenticate('local', { failWithError: true }),
      bad,
      ['login_failure invalid_credentials', 'application_error'],
    ],
    [
      'to a directory that is down',
      (mine) => mine.authenticate('local'),
      { ...right, username: 'down' },
      ['login_failure error', 'application_error'],
    ],
    [
      'in which the strategy throws',
      (mine) => mine.authenticate('local'),
      { ...right, username: 'broken' },
      ['login_failure error', 'application_error'],
    ],
    [
      'that the strategy answers twice',
      (mine) => mine.authenticate('local', { session: false }),
      { ...bad, username: 'twice' },
      ['login_success'],
    ],
    [
      'by a strategy handed over as an object',
      () =>
        auditPassport(new passport.Passport()).authenticate(
          new LocalStrategy((_name, _secret, say) => say(null, anna)),
          { session: false },
        ),
      right,
      ['login_success'],
    ],
  ])('%s is on record once', async (_name, make, form, expected) => {
    const { post, told } = await serve(({ app, mine }) => void app.post('/login', make(mine), done))
    await post('/login', form)
    expect(told()).toEqual(expected)
  })

  it('carries who it was, how, and the session; a failure the name as it was claimed', async () => {
    const { post, audit } = await serve(({ app, mine }) => {
      app.post('/login', mine.authenticate('local'), done)
    })
    await post('/login', bad)
    await post('/login', right)
    const [failure, success] = audit.records
    expect(failure).toMatchObject({
      outcome: 'failure',
      actor: { type: 'user' },
      metadata: { method: 'password', provider: 'local' },
    })
    expect(failure?.user_id).toMatch(/^p1_/)
    expect(success).toMatchObject({
      user_id: audit.births.length > 0 ? expect.any(String) : undefined,
      actor: { session_ref: expect.any(String) },
      metadata: { method: 'password', provider: 'local' },
    })
    expect(success?.user_id).not.toBe(failure?.user_id)
    const text = JSON.stringify([audit.records, audit.activity, audit.lines])
    expect(findLeaks(text, { email, password, wrong, id: anna.id })).toEqual([])
  })

  it('of many people at once is each on record as theirs, in their own request', async () => {
    const { audit, url } = await serve(({ app, mine }) => {
      mine.use(
        saying('slow', (say, req) => {
          setTimeout(() => say.success({ ...anna, id: String(req.query['id']) }), Number(req.query['id']) % 7)
        }),
      )
      app.post('/login', mine.authenticate(['slow']), (req, res) => void res.end(req.user?.id))
    })
    const ids = Array.from({ length: 40 }, (_, n) => `10${n}`)
    const answers = await Promise.all(ids.map((id) => fetch(`${url}/login?id=${id}`, { method: 'POST' })))
    expect(await Promise.all(answers.map((one) => one.text()))).toEqual(ids)
    await expect.poll(() => audit.lines.length).toBe(40)
    const logins = audit.recordsOf('login_success')
    expect(logins).toHaveLength(40)
    // What they are called in records, asked outside of any request.
    for (const id of ids) audit.record('new_device_seen', { actor: { id } })
    const names = audit.recordsOf('new_device_seen').map((one) => one.user_id)
    const told = new Map(logins.map((one) => [one['request_id'], one.user_id]))
    expect(answers.map((one) => told.get(one.headers.get('x-request-id')))).toEqual(names)
  })

  it('that is never answered is no event, and one whose client has left is one when it succeeds', async () => {
    let finish: (() => void) | undefined
    const { leave, told, audit } = await serve(({ app, mine }) => {
      mine.use(saying('slow', (say) => (finish = () => say.success(anna))))
      app.post('/silent', mine.authenticate('local'), done)
      app.post('/slow', mine.authenticate('slow'), done)
    })
    await leave('/silent', { ...right, username: 'silent' })
    await leave('/slow', right)
    expect(told()).toEqual([])
    finish?.()
    await expect.poll(() => audit.records.length).toBe(1)
    expect(told()).toEqual(['login_success'])
    expect(audit.records[0]?.request_id).toBe(audit.lines[1]?.request_id)
  })
})

describe('a callback of the application', () => {
  type Decide = (req: Request, res: Response, user: Express.User | false | null | undefined, error: unknown) => unknown
  const form =
    (mine: passport.Authenticator, decide: Decide, options: passport.AuthenticateOptions = {}): RequestHandler =>
    (req, res, next) => {
      const decided: passport.AuthenticateCallback = (error, user) => void decide(req, res, user, error)
      mine.authenticate('local', options, decided)(req, res, next)
    }
  const bare = { session: false }
  const answer =
    (status: number): Decide =>
    (_req, res) =>
      void res.status(status).end()
  const logIn: Decide = (req, res, user) =>
    user ? req.login(user, (error) => res.status(error ? 500 : 200).end()) : res.status(401).end()

  it.each<[string, Decide, passport.AuthenticateOptions, Record<string, string>, string[]]>([
    ['logs in', logIn, {}, right, ['login_success']],
    [
      'logs in twice',
      (req, _res, user) => user && req.login(user, () => logIn(req, _res, user, undefined)),
      {},
      right,
      ['login_success'],
    ],
    ['refuses', logIn, {}, bad, ['login_failure invalid_credentials']],
    [
      'hears of an error',
      (_req, res, _user, error) => res.status(error ? 503 : 200).end(),
      {},
      { ...right, username: 'down' },
      ['login_failure error', 'application_error'],
    ],
    ['answers with a token of its own', answer(200), bare, right, ['login_success']],
    ['asks for a second factor', answer(200), {}, right, []],
    ['redirects to a second factor', answer(302), bare, right, []],
    ['lets the account not in', answer(403), {}, right, ['login_failure not_allowed']],
    ['breaks', answer(500), bare, right, ['login_failure error', 'application_error']],
    [
      'logs in without a session',
      (req, res, user) => user && req.login(user, bare, () => res.end()),
      {},
      right,
      ['login_success'],
    ],
  ])('that %s decides what is on record', async (_name, decide, options, fields, expected) => {
    const { post, told } = await serve(({ app, mine }) => void app.post('/login', form(mine, decide, options)))
    await post('/login', fields)
    expect(told()).toEqual(expected)
  })

  it('that cannot make a session is a failed login of somebody who is known', async () => {
    const { post, told, audit } = await serve(({ app, mine }) => {
      app.post('/login', (req, _res, next) => {
        req.session.regenerate = () => {
          throw new Error('deliberate')
        }
        next()
      })
      app.post('/login', mine.authenticate('local'), done)
    })
    await post('/login', right)
    expect(told()).toEqual(['login_failure error', 'application_error'])
    expect(audit.recordsOf('login_failure')[0]?.user_id).not.toMatch(/^p1_/)
  })
})

describe('sessions', () => {
  it('a request that only comes with a session is no login, and its logout is on record once', async () => {
    const { post, send, told, audit } = await serve(({ app, mine }) => {
      app.post('/login', mine.authenticate('local'), done)
      app.get('/home', (req, res) => void res.json(req.isAuthenticated()))
      app.post('/logout', (req, res, next) =>
        req.logout((error) => (error ? next(error) : req.logOut(() => res.end('bye')))),
      )
    })
    await post('/login', right)
    await expect((await send('/home')).json()).resolves.toBe(true)
    await post('/logout', {})
    await post('/logout', {})
    expect(told()).toEqual(['login_success', 'logout by_user'])
    const [login, logout] = audit.records
    expect(logout).toMatchObject({ user_id: login?.user_id, actor: login?.['actor'], targets: login?.['targets'] })
  })

  it('that cannot be ended make a logout that failed', async () => {
    const { post, audit } = await serve(({ app, mine }) => {
      app.post('/login', mine.authenticate('local'), done)
      app.post('/logout', (req, res) => {
        req.session.save = (say) => {
          say?.(new Error('deliberate'))
          return req.session
        }
        req.logout(() => void res.end())
      })
    })
    await post('/login', right)
    await post('/logout', {})
    expect(audit.recordsOf('logout')).toMatchObject([{ outcome: 'failure' }])
  })

  it('made by req.login() directly are logins, also behind initialize() alone', async () => {
    const { post, told } = await serve(({ app, mine }) => {
      app.post('/signup', mine.initialize(), (req, res) => req.login(anna, () => void res.end()))
    })
    await post('/signup', {})
    expect(told()).toEqual(['login_success'])
  })
})

describe('strategies', () => {
  const failing = (name: string, challenge?: unknown) => saying(name, (say) => say.fail(challenge as string))
  const accepting = (name: string) => saying(name, (say) => say.success(anna))
  const bearer = { headers: { authorization: 'Bearer eyJplanted.eyJplanted.planted' } }
  const expired = Object.assign(new Error('jwt expired'), { name: 'TokenExpiredError' })

  it.each<[string, (ReturnType<typeof saying> | string)[], RequestInit, string[]]>([
    [
      'that redirects to an identity provider',
      [saying('google', (say) => say.redirect('https://idp.example'))],
      {},
      [],
    ],
    ['that passes', [saying('google', (say) => say.pass())], {}, []],
    [
      'that an identity provider refuses',
      [failing('google', { message: 'access_denied' })],
      {},
      ['login_failure sso_failed'],
    ],
    ['for tokens that accepts', [accepting('jwt')], bearer, []],
    ['for tokens that refuses', [failing('jwt', expired)], bearer, ['invalid_token_presented expired']],
    [
      'for tokens that refuses without a word',
      [failing('bearer', 'Bearer realm="Users"')],
      bearer,
      ['invalid_token_presented rejected'],
    ],
    ['for tokens without a token', [failing('jwt', new Error('No auth token'))], {}, ['authz_deny unauthenticated']],
    [
      'for tokens that breaks',
      [saying('jwt', (say) => say.error(new Error('deliberate')))],
      bearer,
      ['application_error'],
    ],
    ['of which the second accepts', [failing('google'), accepting('github')], {}, ['login_success']],
    ['of which all fail', [failing('google'), failing('github')], {}, ['login_failure sso_failed']],
    [
      'of which the password comes behind a bad token',
      [failing('jwt', expired), 'local'],
      bearer,
      ['invalid_token_presented expired'],
    ],
    ['of which nothing was presented to any', [failing('jwt', new Error('No auth token')), 'local'], {}, []],
    ['behind the session', ['session', failing('google')], {}, []],
  ])('%s', async (_name, strategies, init, expected) => {
    const { send, told } = await serve(({ app, mine }) => {
      const names = strategies.map((one) => (typeof one === 'string' ? one : one.name))
      for (const one of strategies) if (typeof one !== 'string') mine.use(one)
      app.get('/', mine.authenticate(names), done)
    })
    await send('/', init)
    expect(told()).toEqual(expected)
  })

  it('are what the application says they are', async () => {
    const options = {
      login: ['jwt'],
      token: ['form'],
      claimed: (req: Request) => req.get('x-claimed'),
      reason: () => 'account_disabled',
    }
    const { send, told, audit } = await serve(({ app, mine }) => {
      mine.use(failing('jwt', expired))
      mine.use(failing('form'))
      app.get('/login', mine.authenticate('jwt'))
      app.get('/each', mine.authenticate('form'))
    }, options)
    await send('/login', { headers: { 'x-claimed': email } })
    await send('/each', bearer)
    expect(audit.records[0]?.user_id).toMatch(/^p1_/)
    expect(told()).toEqual(['login_failure account_disabled', 'invalid_token_presented rejected'])
    expect(findLeaks(JSON.stringify(audit.records), { email, token: 'eyJplanted' })).toEqual([])
  })

  it('that say why in the catalogue’s words are believed, and sentences are not', async () => {
    const { post, told } = await serve(({ app, mine }) => {
      mine.use(failing('code', { code: 'mfa_required' }))
      mine.use(failing('sentence', { message: 'account_locked' }))
      app.post('/code', mine.authenticate('code'))
      app.post('/sentence', mine.authenticate('sentence'))
    })
    await post('/code', {})
    await post('/sentence', {})
    expect(told()).toEqual(['login_failure mfa_required', 'login_failure invalid_credentials'])
  })

  it('asked twice in one request make one record of each outcome at most', async () => {
    const { post, told } = await serve(({ app, mine }) => {
      const quietly =
        (name: string): RequestHandler =>
        (req, res, next) =>
          void mine.authenticate(name, () => next())(req, res, next)
      mine.use(failing('ldap'))
      app.post('/second', quietly('ldap'), mine.authenticate('local'), done)
      app.post('/neither', quietly('ldap'), mine.authenticate('local'), done)
      app.post('/both', mine.authenticate('local'), mine.authenticate('local'), done)
    })
    await post('/second', right)
    expect(told()).toEqual(['login_failure invalid_credentials', 'login_success'])
    await post('/neither', bad)
    expect(told()).toEqual(['login_failure invalid_credentials'])
    await post('/both', right)
    expect(told()).toEqual(['login_success'])
  })

  it('that connect an account are no logins', async () => {
    const { post, told } = await serve(({ app, mine }) => {
      app.post('/connect', mine.authorize('local'), done)
      app.post('/assign', mine.authenticate('local', { assignProperty: 'other' }), done)
    })
    await post('/connect', right)
    await post('/assign', right)
    expect(told()).toEqual([])
  })
})

describe('beside a route that is declared as a login', () => {
  it.each<[string, (mine: passport.Authenticator) => RequestHandler, Record<string, string>, string[]]>([
    ['succeeds', (mine) => mine.authenticate('local'), right, ['login_success']],
    ['redirects', (mine) => mine.authenticate('local', { successRedirect: '/' }), right, ['login_success']],
    ['fails', (mine) => mine.authenticate('local'), bad, ['login_failure invalid_credentials']],
    [
      'fails into a redirect',
      (mine) => mine.authenticate('local', { failureRedirect: '/' }),
      bad,
      ['login_failure invalid_credentials'],
    ],
    ['leads to an identity provider', (mine) => mine.authenticate('google'), {}, []],
  ])('one that %s is on record once', async (_name, make, form, expected) => {
    const { post, told } = await serve(({ app, mine }) => {
      mine.use(saying('google', (say) => say.redirect('https://idp.example')))
      app.post('/login', audited.login({ user: (req) => req.body?.username }), make(mine), done)
    })
    await post('/login', form)
    expect(told()).toEqual(expected)
  })
})

describe('auditPassport()', () => {
  it('returns the Passport it was given, the process’s own too, and applied twice records once', async () => {
    const { post, told } = await serve(({ app, mine }) => {
      expect(auditPassport(mine)).toBe(mine)
      const shared = auditPassport(auditPassport(passport))
      expect(shared).toBe(passport)
      shared.use(saying('shared', (say) => say.success(anna)))
      app.post('/login', shared.authenticate('shared', { session: false }), done)
    })
    await post('/login', right)
    expect(told()).toEqual(['login_success'])
  })

  it('applied by two copies of itself records once', async () => {
    const copy = '../../packages/integrations/src/passport.ts?copy'
    const other = ((await import(copy)) as { auditPassport: typeof auditPassport }).auditPassport
    expect(other).not.toBe(auditPassport)
    const { post, told } = await serve(({ app, mine }) => {
      other(mine)
      app.post('/login', mine.authenticate('local'), done)
    })
    await post('/login', right)
    expect(told()).toEqual(['login_success'])
  })

  it('refuses what is no Passport, and options that cannot be right', () => {
    const empty = { authenticate: () => undefined, initialize: () => undefined }
    const unknown = expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN' })
    expect(() => auditPassport(empty)).toThrow(unknown)
    const other = new passport.Passport()
    other.framework({ initialize: () => () => Promise.reject(new Error('deliberate')), authenticate: () => done })
    expect(() => auditPassport(other)).toThrow(unknown)
    for (const options of [{ login: 'jwt' }, { token: [7] }, { login: ['a'], token: ['a'] }, { reason: 'x' }]) {
      const given: never = options as never
      expect(() => auditPassport(new passport.Passport(), given)).toThrow(
        expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }),
      )
    }
  })
})
