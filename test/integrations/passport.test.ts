/** Passport itself, with passport-local, sessions and strategies of every kind, on real sockets. */
import { findLeaks } from '@trailmark/core/testing'
import { auditPassport } from '@trailmark/integrations/passport'
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express'
import session from 'express-session'
import passport from 'passport'
import { Strategy as LocalStrategy } from 'passport-local'
import { afterEach, describe, expect, it } from 'vitest'
import { type Served, serveExpress } from './audited-express.ts'

interface Account {
  readonly id: string
}

const anna: Account = { id: 'usr_anna' }
const password = 'correct-horse-battery-staple'
const wrong = 'Tr0ub4dor-and-3'
const email = 'anna.planted@hospital.example'

/** A strategy that does what the test says. */
class Saying extends passport.Strategy {
  override readonly name: string
  readonly #say: (actions: passport.Strategy, req: Request) => unknown

  constructor(name: string, say: (actions: passport.Strategy, req: Request) => unknown) {
    super()
    this.name = name
    this.#say = say
    // Passport makes an object of its own from this one, which has no private members.
    this.authenticate = bound(this.#say)
  }
}

function bound(say: (actions: passport.Strategy, req: Request) => unknown): passport.Strategy['authenticate'] {
  return function (this: passport.Strategy, req) {
    return say(this, req as Request)
  }
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
    mine.serializeUser<string>((user, done) => done(null, (user as Account).id))
    mine.deserializeUser<string>((id, done) => done(null, { id }))
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

  it('that is never answered is no event, and one whose client has left is one when it succeeds', async () => {
    let finish: (() => void) | undefined
    const { leave, told, audit } = await serve(({ app, mine }) => {
      mine.use(new Saying('slow', (say) => (finish = () => say.success(anna))))
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
