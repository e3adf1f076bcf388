/** @fastify/session and koa-session themselves, on real sockets: the same things happen to sessions of both. */
import cookie from '@fastify/cookie'
import fastifySession, { MemoryStore } from '@fastify/session'
import { findLeaks } from '@trailmark/core/testing'
import { auditFastifySession } from '@trailmark/integrations/fastify-session'
import { auditKoaSession } from '@trailmark/integrations/koa-session'
import koaSession from 'koa-session'
import { afterEach, describe, expect, it } from 'vitest'
import type { Served } from './audited-express.ts'
import { serveFastify } from './audited-fastify.ts'
import { serveKoa } from './audited-koa.ts'

declare module 'fastify' {
  interface Session {
    userId?: string
    flash?: string
  }
}

const user = 'usr_anna_planted'

interface Kept {
  readonly served: Served
  /** What the store keeps, by identifier. */
  readonly sessions: Map<string, object>
  /** Lets time pass for every session. */
  expire(): void
}

async function withFastify(): Promise<Kept> {
  const sessions = new Map<string, never>()
  const store = auditFastifySession(auditFastifySession(new MemoryStore(sessions)))
  const served = await serveFastify(async (app) => {
    await app.register(cookie)
    await app.register(fastifySession, {
      store,
      secret: 'a secret of at least thirty-two characters',
      cookie: { secure: false, maxAge: 60_000 },
      saveUninitialized: false,
    })
    app.post('/login', async (request) => {
      request.session.userId = user
      return 'done'
    })
    app.post('/step-up', async (request) => {
      await request.session.regenerate(['userId'])
      return 'done'
    })
    app.post('/logout', async (request) => {
      await request.session.destroy()
      return 'done'
    })
    app.post('/flash', async (request) => {
      request.session.flash = 'hello'
      return request.session.userId ?? 'nobody'
    })
    app.post('/revoke', async () => {
      for (const id of ['of-somebody-else', 'another']) store.destroy(id, () => undefined)
      return 'done'
    })
  })
  const expire = (): void => {
    for (const one of sessions.values()) Object.assign(Reflect.get(one, 'cookie'), { expires: new Date(0) })
  }
  return { served, sessions, expire }
}

async function withKoa(): Promise<Kept> {
  const sessions = new Map<string, object>()
  const store = auditKoaSession({
    get: async (key: string) => sessions.get(key),
    set: async (key: string, session: object) => void sessions.set(key, { ...session }),
    destroy: async (key: string) => void sessions.delete(key),
  })
  const served = await serveKoa((app) => {
    app.keys = ['keyboard']
    app.use(koaSession({ store }, app))
    app.use(async (ctx) => {
      ctx.body = ctx.session.userId ?? 'nobody'
      if (ctx.path === '/login') ctx.session.userId = user
      if (ctx.path === '/flash') ctx.session.flash = 'hello'
      if (ctx.path === '/step-up') await ctx.session.regenerate()
      if (ctx.path === '/logout') ctx.session = null
      if (ctx.path === '/revoke') await Promise.all(['of-somebody-else', 'another'].map((id) => store.destroy(id)))
    })
  })
  const expire = (): void => {
    for (const one of sessions.values()) Object.assign(one, { _expire: 1 })
  }
  return { served, sessions, expire }
}

let kept: Kept | undefined
afterEach(async () => {
  await kept?.served.close()
  kept = undefined
})

describe.each([
  ['@fastify/session', withFastify],
  ['koa-session', withKoa],
])('with %s', (_name, serve) => {
  it('logins and logouts are on record once, and a request that only comes with a session is nothing', async () => {
    kept = await serve()
    const { told, audit } = kept.served
    const post = posting(kept)
    await post('/flash')
    await post('/login')
    expect(await (await post('/flash')).text()).toBe(user)
    const [id = ''] = kept.sessions.keys()
    await post('/logout')
    await post('/logout')
    await post('/flash')
    expect(told()).toEqual(['login_success', 'logout by_user'])
    const [login, logout] = audit.records
    expect(logout).toMatchObject({ user_id: login?.user_id, actor: login?.['actor'], targets: login?.['targets'] })
    expect(findLeaks(JSON.stringify([audit.records, audit.activity, audit.lines]), { user, id })).toEqual([])
  })

  it('a session that goes on by another identifier was rotated', async () => {
    kept = await serve()
    const { told } = kept.served
    const post = posting(kept)
    await post('/login')
    await post('/step-up')
    await post('/flash')
    expect(told()).toEqual(['login_success', 'session_expired rotated'])
  })

  it('a cookie whose session has expired or is gone is on record once', async () => {
    kept = await serve()
    const { send, told } = kept.served
    const post = posting(kept)
    const cookies = (await post('/login')).headers.getSetCookie().map((one) => one.split(';')[0])
    const cookieThen = { method: 'POST', headers: { cookie: cookies.join('; ') } }
    kept.expire()
    await send('/flash', cookieThen)
    await send('/flash', cookieThen)
    expect(told()).toEqual(['login_success', 'session_expired expired'])
    await post('/login')
    kept.sessions.clear()
    await post('/flash')
    expect(told()).toEqual(['login_success', 'session_expired'])
  })

  it('sessions of others that a request ends were revoked', async () => {
    kept = await serve()
    const { told, audit } = kept.served
    const post = posting(kept)
    await post('/login')
    await post('/revoke')
    expect(told()).toEqual(['login_success', 'session_revoked'])
    expect(audit.recordsOf('session_revoked')).toMatchObject([{ metadata: { sessions: 2 } }])
  })
})

function posting({ served }: Kept): (path: string) => Promise<Response> {
  return (path) => served.send(path, { method: 'POST' })
}
