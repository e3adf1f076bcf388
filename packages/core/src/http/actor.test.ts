import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { actorFrom, plainActor } from './actor.ts'

describe('actorFrom', () => {
  it.each([
    [{ user: { id: 'u1' } }, { id: 'u1' }],
    [{ user: { id: 7, roles: ['admin', 'staff'] } }, { id: '7', roles: ['admin', 'staff'] }],
    [{ user: { sub: 'auth0|1', role: 'admin' } }, { id: 'auth0|1', roles: ['admin'] }],
    [{ user: 'u2' }, { id: 'u2' }],
    [{ user: { _id: { toHexString: () => '65a1' } } }, { id: '65a1' }],
    [{ auth: { sub: 'u3' } }, { id: 'u3' }],
    [{ auth: { payload: { sub: 'u4' } } }, { id: 'u4' }],
    [{ auth: { user: 'basic' } }, { id: 'basic' }],
    [{ session: { userId: 'u5', id: 'session-id' } }, { id: 'u5' }],
    [{ session: { passport: { user: 'u6' } } }, { id: 'u6' }],
    [{ session: { user: { id: 'u7', roles: ['a'] } } }, { id: 'u7', roles: ['a'] }],
    [{ user: { id: 'first' }, auth: { sub: 'second' }, session: { userId: 'third' } }, { id: 'first' }],
  ])('%j acts as %j', (source, actor) => {
    expect(actorFrom(source)).toEqual(actor)
  })

  it.each([
    [{}],
    [{ user: null }],
    [{ user: {} }],
    [{ user: '' }],
    [{ user: { id: '' } }],
    [{ user: { id: Number.NaN } }],
    [{ user: { id: { toString: () => 'u' } } }],
    [{ user: 'x'.repeat(1_025) }],
    [{ session: { id: 'session-id' } }],
  ])('%j names nobody', (source) => {
    expect(actorFrom(source)).toBeUndefined()
  })

  it('looks on where one place throws', () => {
    const source = {
      get user(): unknown {
        throw new Error('no')
      },
      auth: { sub: 'u' },
    }
    expect(actorFrom(source)).toEqual({ id: 'u' })
  })

  it('bounds roles in number and length', () => {
    const roles = [...Array.from({ length: 100 }, (_, i) => `role-${i}`), 'x'.repeat(65), 5, null]
    expect(actorFrom({ user: { id: 'u', roles: ['x'.repeat(65), 5, ...roles] } })?.roles).toHaveLength(32)
  })

  it('never throws, whatever stands there', () => {
    const revoked = Proxy.revocable({}, {})
    revoked.revoke()
    expect(actorFrom({ user: revoked.proxy, auth: revoked.proxy, session: revoked.proxy })).toBeUndefined()
    expect(actorFrom({ user: { id: 'u', roles: revoked.proxy } })).toEqual({ id: 'u' })
    fc.assert(
      fc.property(fc.record({ user: fc.anything(), auth: fc.anything(), session: fc.anything() }), (source) => {
        const actor = actorFrom(source)
        expect(actor === undefined || typeof actor.id === 'string').toBe(true)
      }),
    )
  })
})

describe('plainActor', () => {
  it('keeps what an actor may have, by type', () => {
    const actor = {
      id: 'u',
      type: 'service',
      sessionRef: 's',
      authMethod: 'jwt',
      onBehalfOf: 'o',
      mfa: true,
      proved: false,
      roles: ['a'],
    }
    expect(plainActor(() => actor)).toEqual(actor)
    expect(plainActor(() => ({ ...actor, type: 'root', mfa: 'yes', sessionRef: 5, password: 'x' }))).toEqual({
      id: 'u',
      authMethod: 'jwt',
      onBehalfOf: 'o',
      proved: false,
      roles: ['a'],
    })
    expect(plainActor(() => ({ type: 'system' }))).toEqual({ type: 'system' })
  })

  it('takes an answer that is no actor, or none at all, for nobody', () => {
    const thrower = (): never => {
      throw new Error('no')
    }
    const trapped = new Proxy({}, { get: thrower })
    for (const question of [
      thrower,
      () => trapped,
      () => Promise.resolve({ id: 'u' }),
      () => 'u',
      () => null,
      () => ({}),
    ]) {
      expect(plainActor(question)).toBeUndefined()
    }
  })

  it('never throws and never hands on an object of the application’s', () => {
    fc.assert(
      fc.property(fc.anything(), (answer) => {
        const actor = plainActor(() => answer)
        for (const value of Object.values(actor ?? {})) {
          expect(['string', 'boolean'].includes(typeof value) || Array.isArray(value)).toBe(true)
        }
      }),
    )
  })
})
