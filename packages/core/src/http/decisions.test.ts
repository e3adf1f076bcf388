import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { presentsCredential, recordOwed } from './decisions.ts'

const credentials = new Set(['authorization', 'x-api-key', 'sid'])

function request(headers: Record<string, string>): IncomingMessage {
  const req = new IncomingMessage(new Socket())
  Object.assign(req.headers, headers)
  return req
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
    expect(recordOwed(status, request(headers), undefined, credentials)?.type).toBe(type)
  })

  it('says why and with which roles access was refused', () => {
    const actor = { id: 'u', roles: ['nurse'] }
    expect(recordOwed(403, request({}), actor, credentials)?.event).toEqual({
      outcome: 'denied',
      reason: 'forbidden',
      decision: { effect: 'deny', rolesEvaluated: ['nurse'] },
    })
    expect(recordOwed(401, request({}), undefined, credentials)?.event.reason).toBe('unauthenticated')
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
