import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { problemFor } from './problem.ts'

const secret = 'hunter2-planted-secret'

describe('problemFor', () => {
  it('says the status and the request id and nothing of the error', () => {
    const error = Object.assign(new Error(secret), { status: 422, detail: secret })
    const problem = problemFor(error, 'req-1')
    expect(problem.status).toBe(422)
    expect(JSON.parse(problem.body)).toEqual({
      type: 'about:blank',
      title: 'Unprocessable Entity',
      status: 422,
      request_id: 'req-1',
    })
    expect(JSON.stringify(problem)).not.toContain(secret)
  })

  it.each([
    [{ status: 404 }, 200, 404],
    [{ statusCode: 503 }, 200, 503],
    [{ status: 200, statusCode: 409 }, 200, 409],
    [{ status: 399 }, 403, 403],
    [{ status: 600 }, 200, 500],
    [{ status: '404' }, 200, 500],
    [{ status: 404.5 }, 302, 500],
    ['a string', 401, 401],
    [undefined, 200, 500],
  ])('%j thrown at a response of %i answers %i', (error, fallback, status) => {
    expect(problemFor(error, 'r', fallback).status).toBe(status)
  })

  it('passes on the headers a client needs to go on, and no other', () => {
    const headers = {
      'Retry-After': 120,
      'WWW-Authenticate': 'Bearer',
      allow: 'GET, HEAD',
      'set-cookie': secret,
      'x-detail': secret,
    }
    const problem = problemFor({ status: 401, headers }, 'r')
    expect(problem.headers).toMatchObject({ 'retry-after': '120', 'www-authenticate': 'Bearer', allow: 'GET, HEAD' })
    expect(JSON.stringify(problem)).not.toContain(secret)
  })

  it('drops a passed header that Node would refuse to send', () => {
    const headers = { 'retry-after': '1\r\nset-cookie: a=b', allow: 'GÉT', 'www-authenticate': 'x'.repeat(513) }
    expect(Object.keys(problemFor({ headers }, 'r').headers)).not.toContain('retry-after')
    expect(Object.keys(problemFor({ headers }, 'r').headers)).not.toContain('allow')
    expect(Object.keys(problemFor({ headers }, 'r').headers)).not.toContain('www-authenticate')
  })

  it('passes on no words of an error in a header', () => {
    const challenge = `Bearer realm="clinic", error="invalid_token", error_description="${secret} \\" ${secret}"`
    const headers = { 'retry-after': secret, allow: secret, 'www-authenticate': challenge }
    const problem = problemFor({ headers }, 'r')
    expect(problem.headers).toMatchObject({ 'www-authenticate': 'Bearer realm="clinic", error="invalid_token"' })
    expect(JSON.stringify(problem)).not.toContain(secret)
    const date = 'Wed, 21 Oct 2026 07:28:00 GMT'
    expect(problemFor({ headers: { 'retry-after': date } }, 'r').headers).toMatchObject({ 'retry-after': date })
  })

  it('survives errors that throw when they are read', () => {
    const hostile = new Proxy({}, { get: thrower, has: thrower, ownKeys: thrower, getPrototypeOf: thrower })
    expect(problemFor(hostile, 'r').status).toBe(500)
    expect(problemFor({ headers: hostile }, 'r').status).toBe(500)
  })

  it('answers anything at all with an error status and JSON', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), fc.integer(), (error, fallback) => {
        const problem = problemFor(error, 'r', fallback)
        expect(problem.status).toBeGreaterThanOrEqual(400)
        expect(problem.status).toBeLessThanOrEqual(599)
        expect(JSON.parse(problem.body)).toMatchObject({ status: problem.status, request_id: 'r' })
      }),
    )
  })
})

function thrower(): never {
  throw new Error(secret)
}
