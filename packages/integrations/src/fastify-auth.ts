/**
 * @fastify/auth: one record for each time its functions decide together, which names those that decided.
 *
 * `fastify.auth([...], { relation })` asks several functions, and only their relation says what comes of it. So the result is
 * watched where it is handed to Fastify, and the functions only for who said what.
 */
import { AuditError } from '@trailmark/core'
import { type AnyFunction, wrapOnce } from '@trailmark/core/integration'
import { textOf } from './authz/read.ts'
import { isOfCredential, refusalOf, refusedWith } from './authz/refusal.ts'
import { checkDecisionOptions, type DecisionOptions, tellDecision } from './authz/tell.ts'
import { memberOf } from './member.ts'

/** An instance of Fastify with @fastify/auth registered, as far as it is looked at. */
export interface FastifyWithAuth {
  auth(...given: never[]): unknown
}

/**
 * Records every decision of `fastify.auth()` made from now on: call it after `register(fastifyAuth)` is loaded and before
 * routes use it. The permission is the one the route declares (`config.audit.permission`). Returns the instance. Throws
 * `AUDIT_LIBRARY_UNKNOWN` where there is no `auth()`, and `AUDIT_OPTION_INVALID` naming an option that cannot be.
 *
 *     await app.register(fastifyAuth)
 *     auditFastifyAuth(app)
 *     app.get('/ward', { preHandler: app.auth([isNurse, isDoctor]) }, show)
 */
export function auditFastifyAuth<T extends FastifyWithAuth>(fastify: T, options: DecisionOptions = {}): T {
  checkDecisionOptions('auditFastifyAuth', options)
  if (typeof memberOf(fastify, 'auth') !== 'function') {
    const message = 'auditFastifyAuth: expected an instance of Fastify with @fastify/auth registered and loaded'
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', message)
  }
  wrapOnce('auditFastifyAuth', fastify, 'auth', (inner) => {
    return function auth(this: unknown, functions: unknown, ...rest: unknown[]): unknown {
      const votes = new WeakMap<object, Vote[]>()
      const asked = Array.isArray(functions) ? functions.map((one) => watched(one, votes)) : functions
      const decide: unknown = Reflect.apply(inner, this, [asked, ...rest])
      return typeof decide === 'function' ? watchResult(decide as AnyFunction, votes, options) : decide
    }
  })
  return fastify
}

interface Vote {
  readonly name: string
  readonly yes: boolean
}

type Votes = WeakMap<object, Vote[]>

/** A function, or a list of them that has the other relation. */
function watched(one: unknown, votes: Votes): unknown {
  if (Array.isArray(one)) return one.map((inner) => watched(inner, votes))
  if (typeof one !== 'function') return one
  const name = textOf(one.name) ?? 'anonymous'
  return function asked(this: unknown, request: object, reply: unknown, done: AnyFunction): unknown {
    let said = false
    const vote = (yes: boolean): void => {
      if (said) return
      said = true
      votes.get(request)?.push({ name, yes })
    }
    const tell = (error?: unknown, ...rest: unknown[]): unknown => {
      vote(!error)
      return done(error, ...rest)
    }
    let result: unknown
    try {
      result = Reflect.apply(one, this, [request, reply, tell])
    } catch (error) {
      vote(false)
      throw error
    }
    // @fastify/auth asks for the promise's `then` itself; the vote has to be there before it goes on.
    if (result instanceof Promise) return result.then(votedFor(vote), votedAgainst(vote))
    return result
  }
}

function votedFor(vote: (yes: boolean) => void): (value: unknown) => unknown {
  return (value) => {
    vote(true)
    return value
  }
}

function votedAgainst(vote: (yes: boolean) => void): (error: unknown) => never {
  return (error) => {
    vote(false)
    throw error
  }
}

function watchResult(decide: AnyFunction, votes: Votes, options: DecisionOptions): AnyFunction {
  return function auth(this: unknown, request, reply, done, ...rest): unknown {
    if (typeof request !== 'object' || request === null || typeof done !== 'function')
      return Reflect.apply(decide, this, [request, reply, done, ...rest])
    const said: Vote[] = []
    votes.set(request, said)
    let told = false
    const result = (error?: unknown, ...more: unknown[]): unknown => {
      if (!told) {
        told = true
        votes.delete(request)
        tell(request, reply, error, said, options)
      }
      return Reflect.apply(done, undefined, [error, ...more])
    }
    return Reflect.apply(decide, this, [request, reply, result, ...rest])
  }
}

function tell(request: object, reply: unknown, error: unknown, said: readonly Vote[], options: DecisionOptions): void {
  try {
    const route = memberOf(memberOf(memberOf(request, 'routeOptions'), 'config'), 'audit')
    const deciding = said.filter(({ yes }) => yes === !error).map(({ name }) => name)
    const about = {
      guard: '@fastify/auth',
      permission: textOf(memberOf(route, 'permission')),
      rule: namesOf(deciding),
      request,
    }
    if (!error) {
      tellDecision(options, { ...about, effect: 'allow', reason: 'policy' })
      return
    }
    // Without a status of its own the error becomes the 401 that @fastify/auth has set by now.
    const status = memberOf(error, 'statusCode') ?? memberOf(memberOf(reply, 'raw'), 'statusCode')
    const refusal = refusedWith(status) ?? refusalOf(error)
    const told = refusal.undecided === undefined ? refusal : { ...refusal, undecided: { error } }
    if (!isOfCredential(told, request, options.audit)) tellDecision(options, { ...about, ...told })
  } catch {
    // What cannot be recorded must not decide.
  }
}

/** The names of the functions that decided, as far as 64 characters go. */
function namesOf(deciding: readonly string[]): string | undefined {
  let names: string | undefined
  for (const name of deciding) {
    const longer: string = names === undefined ? name : `${names}/${name}`
    if (longer.length > 64) break
    names = longer
  }
  return names
}
