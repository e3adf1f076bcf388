import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allowanceOf, type Owing, presentsCredential, recordOwed } from './decisions.ts'

const credentials = new Set(['authorization', 'x-api-key', 'sid'])

function request(headers: Record<string, string>): IncomingMessage {
  const req = new IncomingMessage(new Socket())
  Object.assign(req.headers, headers)
  return req
}

function owing(headers: Record<string, string>, more: Partial<Owing> = {}): Owing {
  return { req: request(headers), actor: undefined, credentials, permission: undefined, ...more }
}

describe('the record an answer owes', () => {
  it.each([
    [401, {}, 'authz_deny'],
    [401, { authorization: 'Bearer x' }, 'invalid_token_presented'],
    [401, { 'x-api-key': 'k' }, 'invalid_token_presented'],
    [401, { cookie: 'a=1; SID=2' }, 'invalid_token_presented'],
    [401, { cookie: 'xsid=1; a=sid=' }, 'authz_deny'],
    [403, { authorization: 'Bearer x' }, 'authz_deny'],
    [500, {}, 'application_error'],
    [503, {}, 'application_error'],
    [200, {}, undefined],
    [404, {}, undefined],
    [418, {}, undefined],
    [undefined, {}, undefined],
  ])('of status %s with %j is %s', (status, headers, type) => {
    expect(recordOwed(status, owing(headers))?.type).toBe(type)
  })

  it('says why and with which roles access was refused', () => {
    const actor = { id: 'u', roles: ['nurse'] }
    expect(recordOwed(403, owing({}, { actor }))?.event).toEqual({
      outcome: 'denied',
      reason: 'forbidden',
      decision: { effect: 'deny', rolesEvaluated: ['nurse'] },
    })
    expect(recordOwed(401, owing({}))?.event.reason).toBe('unauthenticated')
  })

  it('names the permission that the route is declared to need', () => {
    const decision = { effect: 'deny', permission: 'patients:read' }
    expect(recordOwed(403, owing({}, { permission: 'patients:read' }))?.event.decision).toEqual(decision)
    expect(recordOwed(401, owing({}, { permission: 'patients:read' }))?.event.decision).toEqual(decision)
  })

  it('finds a cookie exactly where a parser of cookies would', () => {
    const text = fc
      .array(fc.constantFrom('s', 'i', 'd', 'sid', '=', ';', '; ', 'x'), { maxLength: 30 })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, (cookie) => {
        const names = cookie.split(';').flatMap((pair) => (pair.includes('=') ? [pair.trim().split('=')[0]] : []))
        expect(presentsCredential(request({ cookie }), credentials)).toBe(names.includes('sid'))
      }),
    )
  })
})

describe('what a route with a declared permission did not refuse', () => {
  it('is an answer of success, and no redirection, refusal or failure', () => {
    const allowed = Array.from({ length: 500 }, (_, i) => i + 100).filter(
      (status) => allowanceOf(status, owing({}, { permission: 'patients:read' })) !== undefined,
    )
    expect(allowed).toEqual([...Array.from({ length: 100 }, (_, i) => i + 200), 304])
    expect(allowanceOf(undefined, owing({}, { permission: 'patients:read' }))).toBeUndefined()
  })

  it('is nothing where no permission was declared', () => {
    expect(allowanceOf(200, owing({}))).toBeUndefined()
  })
})
