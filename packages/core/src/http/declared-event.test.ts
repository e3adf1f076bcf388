import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../catalogue.ts'
import { Asker } from './ask.ts'
import { DeclaredEvent, type DeclaredIn, type EventSaid } from './declared-event.ts'
import { DeclaredLogin, type LoginSaid } from './declared-login.ts'

const definition = catalogue.password_change
const nobody = { definition, actor: () => undefined, claim: () => true, told: () => false }
const done = { status: 200, completion: 'completed' } as const

function inside(given: Partial<DeclaredIn> = {}): DeclaredIn {
  return { ...nobody, ...given }
}

const asker = new Asker('it', { notice: () => undefined }, undefined, [])

function declared({ type, ...said }: EventSaid & { type: string }, exchange: DeclaredIn): DeclaredEvent {
  return new DeclaredEvent(type, said, asker, exchange)
}

function loggingIn(said: LoginSaid, exchange: DeclaredIn): DeclaredLogin {
  return new DeclaredLogin(said, asker, exchange)
}

describe('a declared event', () => {
  it('is of who was there when the route was entered', () => {
    let actor: { id: string } | undefined = { id: 'u7' }
    const event = declared({ type: 'account_deleted' }, inside({ actor: () => actor }))
    actor = undefined
    expect(event.result(done)).toMatchObject({ actor: { id: 'u7' } })
  })

  it('leaves out a reason that is none of its own', () => {
    const of = (word: string) => declared({ type: 'password_change', reason: () => word }, inside())
    expect(of('by_user').result(done)?.reason).toBe('by_user')
    expect(of('because of Ann').result(done)?.reason).toBeUndefined()
    expect(of('nonsense').result({ ...done, status: 403 })).toMatchObject({ outcome: 'denied' })
  })

  it('with a key is told by the first who claims it, and always once its attempt is on record', () => {
    const claimed = new Set<string>()
    const claim = (key: string): boolean => !claimed.has(key) && claimed.add(key).has(key)
    const logout = () => declared({ type: 'logout', once: 'logout' }, inside({ claim }))
    expect([logout().result(done), logout().result(done)]).toEqual([{}, undefined])
    const attempted = logout()
    attempted.operationId = 'op-1'
    expect(attempted.result(done)).toEqual({})
  })

  it('that the application has recorded itself is not recorded again', () => {
    const event = declared({ type: 'password_change' }, inside({ told: (type) => type === 'password_change' }))
    expect(event.result(done)).toBeUndefined()
  })

  it('takes whatever its questions answer, in bounds, and never throws', () => {
    const trap = (): never => {
      throw new Error('asked')
    }
    const { proxy: revoked, revoke } = Proxy.revocable({}, {})
    revoke()
    // As questions: what generates the answers looks at them, too.
    const hostile = fc.oneof(
      fc
        .anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true })
        .map((answer) => () => answer),
      fc
        .array(fc.record({ type: fc.anything(), field: fc.anything(), op: fc.anything(), id: fc.anything() }), {
          maxLength: 80,
        })
        .map((answer) => () => answer),
      fc.constantFrom(
        () => revoked,
        () => new Proxy([], { get: trap }),
        () => [revoked, new Proxy({}, { get: trap, has: trap })],
        trap,
      ),
    )
    fc.assert(
      fc.property(hostile, fc.integer({ min: 100, max: 599 }), (ask, status) => {
        const event = declared(
          {
            type: 'password_change',
            targets: ask,
            subject: ask,
            reason: ask,
            changes: ask,
            volume: ask,
            metadata: ask,
            failed: ask,
            purpose: ask,
          },
          inside(),
        )
        const result = event.result({ status, completion: 'completed' })
        expect(result?.targets?.length ?? 0).toBeLessThanOrEqual(20)
        expect(result?.subjects?.length ?? 0).toBeLessThanOrEqual(20)
        expect(result?.changes?.length ?? 0).toBeLessThanOrEqual(50)
        const login = loggingIn({ method: 'password', user: ask, failed: ask, reason: ask, metadata: ask }, inside())
        expect(login.attempt().outcome).toBe('unknown')
        login.result({ status, completion: 'completed' })
        expect(login.type).toMatch(status >= 400 ? /^login_failure$/ : /^login_(?:success|failure)$/)
      }),
    )
  })
})

describe('a declared login', () => {
  it('that failed names nobody but whom the request claims to be', () => {
    const actor = { id: 'u7', roles: ['admin'] }
    const login = loggingIn({ user: () => ({ id: 'ann', roles: ['admin'] }) }, inside())
    expect(login.result({ status: 401, completion: 'completed', actor })).toMatchObject({
      actor: { id: 'ann', proved: false },
    })
    const silent = loggingIn({}, inside())
    expect(silent.result({ status: 401, completion: 'completed', actor })?.actor).toEqual({})
  })

  it('is not of somebody who was logged in before, and of whom it says nothing', () => {
    const before = { id: 'u7' }
    const login = (user?: () => string) => loggingIn({ ...(user && { user }) }, inside({ actor: () => before }))
    expect(login(() => 'ann').result({ ...done, actor: before })?.actor).toEqual({ id: 'ann' })
    expect(login(() => 'ann').result({ ...done, actor: { id: 'u8' } })?.actor).toEqual({ id: 'u8' })
    expect(login().result({ ...done, actor: before })?.actor).toEqual(before)
  })

  it('asks for the user again at the end: the body may be read by then', () => {
    let body: { name: string } | undefined
    const login = loggingIn({ user: () => body?.name }, inside())
    body = { name: 'ann' }
    expect(login.result({ status: 423, completion: 'completed' })).toMatchObject({
      actor: { id: 'ann' },
      reason: 'account_locked',
    })
  })
})
