/**
 * Routes of Fastify that touch data say so in their `config`; this turns what they say into a declaration.
 */
import { type Audit, AuditError } from '@trailmark/core'
import {
  type AccessVerb,
  accessVerbs,
  bindStatement,
  checkStatement,
  coverageOf,
  type EventOptions as EventOptionsOf,
  exchangeOf,
  type LoginOptions as LoginOptionsOf,
  type LogoutOptions as LogoutOptionsOf,
  memberRule,
  type AccessOptions as OptionsOf,
  type Question,
  type Statement,
  type StatementKind,
  verbOf,
} from '@trailmark/core/http'
import type {
  FastifyContextConfig,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  preHandlerHookHandler,
} from 'fastify'

/** A request whose route has matched: its parameters are texts, as Fastify's router makes them. */
export type RoutedRequest = FastifyRequest<{ Params: Readonly<Record<string, string | undefined>> }>

/** What questions are asked with: Fastify's own request, and the reply. */
export type Asked = [request: RoutedRequest, reply: FastifyReply]
/** One question about the request. A promise is no answer: nothing waits. */
export type Ask = Question<Asked>

/** What a route says of the data it touches. One that throws costs its field only. */
export interface AccessOptions extends OptionsOf<Asked> {}
export interface LoginOptions extends LoginOptionsOf<Asked> {}
export interface LogoutOptions extends LogoutOptionsOf<Asked> {}
export interface EventOptions extends EventOptionsOf<Asked> {}

/** One verb with the resource it is done to, and what else is known: `{ read: 'patient', id: (request) => … }`. */
type RouteAccess = {
  [V in AccessVerb]: AccessOptions & { readonly [K in V]: string } & { readonly [K in Exclude<AccessVerb, V>]?: never }
}[AccessVerb]

type No<K extends string> = { readonly [N in K]?: never }

/**
 * `config.audit` of a route: what it does to which data, that people log in or out there, which event of the catalogue it is,
 * or why it needs no record. `event` beside a verb names the event that is recorded in place of the verb's own.
 */
export type RouteAudit =
  | (RouteAccess & No<'exempt' | 'login' | 'logout'>)
  | ({ readonly login: true | LoginOptions } & No<'exempt' | 'logout' | 'event' | AccessVerb>)
  | ({ readonly logout: true | LogoutOptions } & No<'exempt' | 'login' | 'event' | AccessVerb>)
  | (EventOptions & { readonly event: string } & No<'exempt' | 'login' | 'logout' | AccessVerb>)
  | { readonly exempt: string }

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the audit trail records of this route. */
    audit?: RouteAudit
  }
}

/**
 * From now on every route of `instance` and below is seen when it is registered, and does what its `config.audit` says.
 *
 * The attempt is made in the route's last `preHandler`: by then the actor is known, the body is valid, and nothing of the
 * handler has run. Routes registered before the plugin are met with their first request instead, one hook earlier.
 */
export function declareRoutes(instance: FastifyInstance, audit: Audit): void {
  const routes = coverageOf(audit)
  const met = new WeakSet<object>()
  instance.addHook('onRoute', (route) => {
    const methods = [route.method].flat()
    const declared = readDeclaration(route.config?.audit, `${methods.join(', ')} ${route.url}`, audit)
    if (route.config?.audit !== undefined) met.add(route.config.audit)
    for (const method of methods) {
      routes.mounted(route.url, method)
      if (declared === undefined) continue
      if ('exempt' in declared) routes.exempt(route.url, method, declared.exempt)
      else routes.declared(route.url, method, verbOf(declared))
    }
    if (declared !== undefined && !('exempt' in declared)) {
      route.preHandler = [route.preHandler ?? [], attempt(declared)].flat()
    }
  })
  instance.addHook('preHandler', function late(request, reply, done) {
    const { config, method, url } = request.routeOptions
    if (config.audit === undefined || met.has(config.audit)) return done()
    const declared = readDeclaration(config.audit, `${method} ${url}`, audit)
    if (declared === undefined || 'exempt' in declared) return done()
    attempt(declared).call(this, request, reply, done)
  })
}

/** What a route says in its `config` that somebody needs. */
export function permissionOf({ audit }: FastifyContextConfig): string | undefined {
  return audit !== undefined && 'permission' in audit ? audit.permission : undefined
}

function attempt(statement: Statement<Asked>): preHandlerHookHandler {
  return (request, reply, done) => {
    const durable = exchangeOf(request.raw)?.declare(bindStatement(statement, request as RoutedRequest, reply))
    if (durable === undefined) return done()
    void durable.then((go) => {
      if (go) done()
      // Refused, with an answer if the client is still there; if it is not, nothing else tells Fastify to stop.
      else reply.hijack()
    })
  }
}

/** A route's declaration, checked: the part that is the same for every request. */
type Declared = { readonly exempt: string } | Statement<Asked>

const words: readonly string[] = [...accessVerbs, 'login', 'logout', 'exempt']

/**
 * Reads `config.audit` of the route `where`, once, when it is registered. Throws `AUDIT_OPTION_INVALID` naming the member
 * that cannot be, or that the event cannot be recorded without: a mistake here must stop the start, not cost records.
 */
export function readDeclaration(config: unknown, where: string, audit?: Audit): Declared | undefined {
  if (config === undefined) return undefined
  if (typeof config !== 'object' || config === null) throw invalid(where, '', 'must be an object')
  const members = new Map(Object.entries(config).filter(([, value]) => value !== undefined))
  const named = [...members.keys()].filter((name) => words.includes(name))
  const [name = members.has('event') ? 'event' : undefined] = named
  if (name === undefined || named.length > 1) {
    throw invalid(
      where,
      '',
      `names ${named.join(' and ') || 'nothing'}; it must name one of ${words.join(', ')}, event`,
    )
  }
  const said: unknown = members.get(name)
  members.delete(name)
  if (name === 'exempt') {
    for (const member of members.keys()) throw invalid(where, `.${member}`, 'has no meaning on a route that is exempt')
    return { exempt: text(said, where, name) }
  }
  const statement = read(name, said, members, config, where)
  checkStatement(`config.audit of ${where}`, statement, audit)
  return statement
}

function read(
  name: string,
  said: unknown,
  members: ReadonlyMap<string, unknown>,
  config: object,
  where: string,
): Statement<Asked> {
  if (name === 'login' || name === 'logout') {
    for (const member of members.keys()) throw invalid(where, `.${member}`, `belongs into ${name}`)
    if (said !== true && (typeof said !== 'object' || said === null))
      throw invalid(where, `.${name}`, 'must be true or an object')
    const options = said === true ? {} : said
    check(name, new Map(Object.entries(options)), where, `.${name}`)
    return { kind: name, options }
  }
  const verb = accessVerbs.find((one) => one === name)
  const word = text(said, where, name)
  check(verb === undefined ? 'event' : 'access', members, where, '')
  return verb === undefined
    ? { kind: 'event', type: word, options: config }
    : { kind: 'access', verb, resource: word, options: config }
}

function check(kind: StatementKind, members: ReadonlyMap<string, unknown>, where: string, at: string): void {
  for (const [member, value] of members) {
    const rule = value === undefined ? undefined : memberRule(kind, member, value)
    if (rule !== undefined) throw invalid(where, `${at}.${member}`, rule === 'unknown' ? 'is not known' : rule)
  }
}

function text(value: unknown, where: string, member: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw invalid(where, `.${member}`, 'must be a text that is not empty')
}

function invalid(where: string, member: string, problem: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `config.audit${member} of ${where} ${problem}`)
}
