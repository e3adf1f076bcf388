/** Tokens that @fastify/jwt refuses: `@trailmark/integrations/fastify-jwt`. */
import { AuditError } from '@trailmark/core'
import { type AnyFunction, type CallEnd, wrapOnce } from '@trailmark/core/integration'
import { refusalOfFastJwt } from './authn/fast-jwt-errors.ts'
import type { TokenOptions } from './authn/token-functions.ts'
import { accepted, refused } from './authn/tokens.ts'
import { watchAnswer } from './authn/watch-answer.ts'
import { checkOptions } from './check-options.ts'
import { memberOf } from './member.ts'

export type { TokenOptions } from './authn/token-functions.ts'

/** What is called of Fastify. */
export interface FastifyLike {
  addHook(...given: never[]): unknown
}

type Done = () => void

/**
 * Records `invalid_token_presented` with its reason when `request.jwtVerify()` refuses a token, or `fastify.jwt.verify()`
 * does: once in a request, when it ends, and not where another key accepts it. A request without a token is not one with an
 * invalid token. Verifying under other names (`namespace`, the option `jwtVerify`) is seen as long as they end in
 * `jwtVerify`, in any case. Returns the same Fastify. Call it behind `register(jwt)`; the audit's plugin comes first.
 *
 *     await app.register(auditPlugin)
 *     await app.register(jwt, { secret })
 *     auditFastifyJwt(app)
 *
 * Throws AUDIT_LIBRARY_UNKNOWN where @fastify/jwt is not registered.
 */
export function auditFastifyJwt<F extends FastifyLike>(fastify: F, options: TokenOptions = {}): F {
  checkOptions('auditFastifyJwt()', options)
  const jwt = memberOf(fastify, 'jwt')
  if (typeof jwt !== 'object' || jwt === null)
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', 'auditFastifyJwt(): register @fastify/jwt first')
  for (const one of [jwt, ...Object.values(jwt)]) {
    if (typeof one !== 'object' || one === null || typeof memberOf(one, 'verify') !== 'function') continue
    wrapOnce('auditFastifyJwt()', one, 'verify', (inner) => watching(inner, options))
  }
  const prototype = requestPrototype(fastify)
  if (prototype !== undefined) watchPrototypes(prototype, options)
  else watchFirstRequests(fastify, options)
  return fastify
}

/** The prototype that the requests of this Fastify get their methods from. */
function requestPrototype(fastify: object): object | undefined {
  for (let one: object | null = fastify; one !== null; one = Object.getPrototypeOf(one)) {
    const symbol = Object.getOwnPropertySymbols(one).find(({ description }) => description === 'fastify.Request')
    const prototype = symbol === undefined ? undefined : memberOf(memberOf(one, symbol), 'prototype')
    if (typeof prototype === 'object' && prototype !== null) return prototype
  }
  return undefined
}

/** Where it is kept somewhere else, the requests themselves lead to it; a hook that verifies before this one is then too early. */
function watchFirstRequests(fastify: FastifyLike, options: TokenOptions): void {
  const seen = new WeakSet<object>()
  const hook = (request: object, _reply: unknown, done: Done): void => {
    const prototype: unknown = Object.getPrototypeOf(request)
    if (typeof prototype === 'object' && prototype !== null && !seen.has(prototype)) {
      seen.add(prototype)
      watchPrototypes(prototype, options)
    }
    done()
  }
  Reflect.apply(fastify.addHook, fastify, ['onRequest', hook])
}

/** Each plugin's requests inherit from those of the one around it. */
function watchPrototypes(first: object, options: TokenOptions): void {
  for (let one: object | null = first; one !== null && one !== Object.prototype; one = Object.getPrototypeOf(one)) {
    for (const name of Object.getOwnPropertyNames(one)) {
      const method = Object.getOwnPropertyDescriptor(one, name)?.value
      if (/jwtverify$/i.test(name) && typeof method === 'function')
        wrapOnce('auditFastifyJwt()', one, name, (inner) => watching(inner, options))
    }
  }
}

/** `this` is the request for its own method, and then what is refused is the request's one token. */
function watching(inner: AnyFunction, { audit }: TokenOptions): AnyFunction {
  return function (this: unknown, ...given) {
    const request = memberOf(this, 'raw') === undefined || typeof this !== 'object' || this === null ? undefined : this
    const token = request === undefined ? given[0] : 'of the request'
    const ended = (end: CallEnd): void => {
      if (!end.failed) accepted(token, request)
      else {
        const refusal = isAbsent(end.error, request) ? undefined : refusalOfFastJwt(end.error)
        if (refusal !== undefined) refused(token, refusal, { audit, request, scheme: 'bearer' })
      }
    }
    return watchAnswer(inner, this, given, ended)
  }
}

/** The same code says that the header has another form and that the application's own search for a token found none. */
function isAbsent(error: unknown, request: object | undefined): boolean {
  const header = memberOf(memberOf(request, 'headers'), 'authorization')
  return memberOf(error, 'code') === 'FST_JWT_BAD_REQUEST' && header === undefined
}
