/** express-session itself, with its memory store and with one that answers by promises, on real sockets. */
import { findLeaks } from '@trailmark/core/testing'
import { auditExpressSession, type SessionOptions } from '@trailmark/integrations/express-session'
import { auditPassport } from '@trailmark/integrations/passport'
import type { Express, Request, RequestHandler } from 'express'
import session, { type SessionData, Store } from 'express-session'
import passport from 'passport'
import { afterEach, describe, expect, it } from 'vitest'
import { clientOf, type Served, serveExpress } from './audited-express.ts'

declare module 'express-session' {
  interface SessionData {
    userId?: string
    account?: { readonly number: string }
    flash?: string
  }
}

/** What many stores are: promises within, a callback only where it was given, identifiers prefixed. */
class PromiseStore extends Store {
  readonly sessions = new Map<string, string>()
  failing = false

  override get(sid: string, callback: (error: unknown, found?: SessionData | null) => void): void {
    this.#answer(callback, () => JSON.parse(this.sessions.get(`sess:${sid}`) ?? 'null'))
  }
  override set(sid: string, data: SessionData, callback?: (error?: unknown) => void): void {
    this.#answer(callback, () => void this.sessions.set(`sess:${sid}`, JSON.stringify(data)))
  }
  override destroy(sid: string, callback?: (error?: unknown) => void): void {
    this.#answer(callback, () => void this.sessions.delete(`sess:${sid}`))
  }
  #answer<T>(callback: ((error: unknown, value?: T) => void) | undefined, work: () => T): void {
    void (async () => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      return this.failing ? callback?.(new Error('deliberate')) : callback?.(null, work())
    })()
  }
}

const stores: readonly (readonly [string, () => Store])[] = [
  ['the memory store', () => new session.MemoryStore()],
  ['a store of promises', () => new PromiseStore()],
]

let served: Served | undefined
afterEach(async () => {
  await served?.close()
  served = undefined
})

const user = 'usr_anna_planted'

async function serve(store: Store, options?: SessionOptions, more: (app: Express) => void = () => undefined) {
  served = await serveExpress((app) => {
    expect(auditExpressSession(store, options)).toBe(store)
    auditExpressSession(store)
    app.use(session({ store, secret: 'keyboard', resave: false, saveUninitialized: false, unset: 'destroy' }))
    more(app)
    app.post('/login', (req, res, next) => {
      req.session.regenerate((error) => {
        if (error) return next(error)
        req.session.userId = user
        res.end()
      })
    })
    app.post('/step-up', (req, res) => {
      const { userId } = req.session
      req.session.regenerate(() => {
        if (userId !== undefined) req.session.userId = userId
        res.end()
      })
    })
    app.post('/destroy', (req, res) => void req.session.destroy(() => res.end()))
    app.post('/destroy-unheard', (req, res) => {
      req.session.destroy(() => undefined)
      res.end()
    })
    app.post('/unset', unset)
    app.post('/take-out', (req, res) => {
      delete req.session.userId
      req.session.save(() => req.session.regenerate(() => res.end()))
    })
    app.post('/touch', (req, res) => {
      req.session.touch()
      res.end()
    })
    app.post('/flash', (req, res) => {
      req.session.flash = 'hello'
      res.end(req.session.userId ?? 'nobody')
    })
    app.post('/revoke', (_req, res) => {
      store.destroy('of-somebody-else')
      store.destroy('another', () => res.end())
    })
  })
  return served
}

const unset: RequestHandler = (req: Partial<Request>, res) => {
  delete req.session
  res.end()
}

describe.each(stores)('with %s', (_name, makeStore) => {
  it('a session that gets a user is a login, one that only comes again is none, and touching it is nothing', async () => {
    const { post, told } = await serve(makeStore())
    await post('/flash', {})
    await post('/login', {})
    expect(told()).toEqual(['login_success'])
    expect(await (await post('/flash', {})).text()).toBe(user)
    await post('/touch', {})
    expect(told()).toEqual([])
  })

  it.each(['/destroy', '/destroy-unheard', '/unset', '/take-out'])(
    'a session ended by %s is a logout, once',
    async (path) => {
      const { post, told, audit } = await serve(makeStore())
      await post('/login', {})
      await post(path, {})
      await expect.poll(() => audit.recordsOf('logout').length).toBe(1)
      await post(path, {})
      await post('/flash', {})
      expect(told()).toEqual(['login_success', 'logout by_user'])
      const [login, logout] = audit.records
      expect(logout).toMatchObject({ user_id: login?.user_id, actor: login?.['actor'], targets: login?.['targets'] })
    },
  )

  it('a login that leaves the session its identifier says so', async () => {
    const { post, audit } = await serve(makeStore(), {}, (app) => {
      app.post('/keep', (req, res) => {
        req.session.userId = user
        res.end()
      })
    })
    await post('/keep', {})
    await post('/destroy', {})
    await post('/flash', {})
    await post('/keep', {})
    const kept = audit.recordsOf('login_success').map((one) => Reflect.get(Object(one['metadata']), 'session_kept'))
    expect(kept).toEqual([undefined, true])
  })

  it('a session of nobody ends without a record', async () => {
    const { post, told } = await serve(makeStore())
    await post('/flash', {})
    await post('/destroy', {})
    expect(told()).toEqual([])
  })

  it('a session that is lost because the next one cannot be saved was not ended by its user', async () => {
    class Full extends session.MemoryStore {
      full = false
      override set(sid: string, data: SessionData, callback?: (error?: unknown) => void): void {
        if (this.full) callback?.(new Error('deliberate'))
        else super.set(sid, data, callback)
      }
    }
    const store = new Full()
    const { send, told } = await serve(store)
    await send('/login', { method: 'POST' })
    told()
    store.full = true
    await send('/login', { method: 'POST' })
    expect(told()).not.toContain('logout by_user')
  })

  it('a session that goes on by another identifier was rotated', async () => {
    const { post, told } = await serve(makeStore())
    await post('/login', {})
    await post('/step-up', {})
    await post('/destroy', {})
    expect(told()).toEqual(['login_success', 'session_expired rotated', 'logout by_user'])
  })

  it('a cookie whose session is gone is on record once, however often it comes', async () => {
    const store = makeStore()
    const { post, send, told, audit } = await serve(store)
    await post('/login', {})
    await new Promise<void>((resolve) => {
      if (store instanceof PromiseStore) store.sessions.clear()
      else Reflect.set(store, 'sessions', Object.create(null))
      resolve()
    })
    await post('/touch', {})
    await post('/touch', {})
    await send('/touch', { method: 'POST', headers: { cookie: 'connect.sid=s%3Aforged.signature' } })
    expect(told()).toEqual(['login_success', 'session_expired'])
    const [login, expired] = audit.records as readonly { actor?: { session_ref?: string } }[]
    expect(expired?.actor?.session_ref).toBe(login?.actor?.session_ref)
  })

  it('sessions of others that a request ends were revoked', async () => {
    const { post, audit, told } = await serve(makeStore())
    await post('/login', {})
    told()
    await post('/revoke', {})
    expect(told()).toEqual(['session_revoked'])
    expect(audit.recordsOf('session_revoked')).toMatchObject([{ metadata: { sessions: 2 } }])
  })
})

describe('beside passport', () => {
  it('a login and a logout are on record once', async () => {
    const mine = auditPassport(new passport.Passport())
    mine.serializeUser<string>((_user, done) => done(null, user))
    mine.deserializeUser<string>((id, done) => done(null, { id, roles: [] }))
    const { post, told } = await serve(new PromiseStore(), {}, (app) => {
      app.use(mine.session())
      app.post('/passport-login', (req, res) => req.login({ id: user, roles: [] }, () => res.end()))
      app.post('/passport-logout', (req, res) => req.logout(() => res.end()))
    })
    await post('/passport-login', {})
    await post('/passport-logout', {})
    expect(told()).toEqual(['login_success', 'logout by_user'])
  })
})

it('the application may say whose a session is; nothing of it is written in clear', async () => {
  const store = new PromiseStore()
  const { post, told, audit } = await serve(store, { user: (one: SessionData) => one.account?.number }, (app) => {
    app.post('/account', (req, res) => {
      req.session.account = { number: 'planted-4711' }
      res.end(req.sessionID)
    })
  })
  const id = await (await post('/account', {})).text()
  await post('/destroy', {})
  expect(told()).toEqual(['login_success', 'logout by_user'])
  const text = JSON.stringify([audit.records, audit.activity, audit.lines])
  expect(findLeaks(text, { account: 'planted-4711', session: id })).toEqual([])
})

it('a store that fails changes nothing and is no event; what asks outside of any request is not judged', async () => {
  const store = new PromiseStore()
  const { post, told, audit } = await serve(store)
  await post('/login', {})
  store.failing = true
  const error = await new Promise((resolve) => store.destroy('x', resolve))
  expect(error).toMatchObject({ message: 'deliberate' })
  expect((await post('/touch', {})).status).toBe(500)
  store.failing = false
  await new Promise((resolve) => store.get('x', resolve))
  expect(told()).toEqual(['login_success', 'application_error'])
  await new Promise((resolve) => store.destroy('y', resolve))
  expect(audit.records).toHaveLength(2)
})

it('a store that destroys what it finds expired says that it has expired', async () => {
  class Strict extends PromiseStore {
    override get(sid: string, callback: (error: unknown, found?: SessionData | null) => void): void {
      if (this.sessions.size > 0) this.destroy(sid, () => callback(null, null))
      else callback(null, null)
    }
  }
  const { post, told } = await serve(new Strict())
  await post('/login', {})
  await post('/touch', {})
  expect(told()).toEqual(['login_success', 'session_expired'])
})

it('a store that is emptied in a request revokes every session in it', async () => {
  const store = new session.MemoryStore()
  const { post, told } = await serve(store, {}, (app) => {
    app.post('/clear', (_req, res) => store.clear(() => res.end()))
  })
  await post('/login', {})
  await post('/clear', {})
  expect(told()).toEqual(['login_success', 'session_revoked'])
})

it('a client that leaves before its session was saved is logged in when it is', async () => {
  const { leave, told, audit } = await serve(new PromiseStore(), {}, (app) => {
    app.post('/slow', (req) => {
      req.once('close', () => {
        req.session.userId = user
        setImmediate(() => req.session.save())
      })
    })
  })
  await leave('/slow', {})
  await expect.poll(() => audit.records.length).toBe(1)
  expect(told()).toEqual(['login_success'])
})

it('behind a session that comes before the audit, nobody is said to log in with every request', async () => {
  const store = auditExpressSession(new session.MemoryStore())
  served = await serveExpress(() => undefined)
  const inner = await serveExpress(
    (app) => {
      app.post('/login', (req, res) => {
        req.session.userId = user
        res.end()
      })
      app.post('/again', (req, res) => {
        req.session.flash = String(Math.random())
        res.end()
      })
    },
    {},
    session({ store, secret: 'keyboard', resave: false, saveUninitialized: false }),
  )
  const client = clientOf(inner.audit, inner.url)
  await client.post('/login', {})
  client.told()
  await client.post('/again', {})
  expect(client.told()).toEqual([])
  await inner.close()
})

it('refuses what is no store, and an option that cannot be right', () => {
  const empty = { get: () => undefined, set: () => undefined, destroy: 7 as never }
  expect(() => auditExpressSession(empty)).toThrow(expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN' }))
  expect(() => auditExpressSession(new session.MemoryStore(), { user: 'x' as never })).toThrow(
    expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }),
  )
})
