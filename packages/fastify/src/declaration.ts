/**
 * Routes of Fastify that touch data say so in their `config`; this turns what they say into a declaration.
 */
import { type Audit, AuditError } from '@trailmark/core'
import { type AccessDeclaration, type AccessVerb, coverageOf, exchangeOf } from '@trailmark/core/http'
import type { FastifyContextConfig, FastifyInstance, FastifyRequest, preHandlerHookHandler } from 'fastify'

/** A request whose route has matched: its parameters are texts, as Fastify's router makes them. */
export type RoutedRequest = FastifyRequest<{ Params: Readonly<Record<string, string | undefined>> }>

/** One question about the request, asked with Fastify's own request. */
export type Ask = (request: RoutedRequest) => unknown

/** What a route says of the data it touches. Functions are asked with the request; one that throws costs its field only. */
export interface AccessOptions {
  /** Identifier of what is touched: a string, a number, or a list of at most 20. Stored as tokens. */
  readonly id?: Ask
  /** Identifiers of the people whose data it is: a string, a number, or a list of at most 20. Stored as pseudonyms. */
  readonly subject?: Ask
  /** Identifier of the owner of the target. Stored as a token. */
  readonly owner?: Ask
  /** How many records were touched: a count, or `{ records, bytes }`. Asked at the end of the exchange. */
  readonly volume?: Ask
  /** Allow-listed by the event's definition. Asked at the end of the exchange. */
  readonly metadata?: Ask
  readonly purpose?: string
  /** The application's name of what somebody needs for this: `patients:read`. A refusal of this route is recorded with it. */
  readonly permission?: string
  /** The application's name of the data's class: `special_category`. */
  readonly class?: string
  /** The catalogue's event, where it is not the verb's own: `bulk_query`. */
  readonly event?: string
}

/** One verb with the resource it is done to, and what else is known: `{ read: 'patient', id: (request) => … }`. */
type RouteAccess = {
  [V in AccessVerb]: AccessOptions & { readonly [K in V]: string } & { readonly [K in Exclude<AccessVerb, V>]?: never }
}[AccessVerb]

/** `config.audit` of a route: what it does to which data, or why it needs no record. */
export type RouteAudit = (RouteAccess & { readonly exempt?: never }) | { readonly exempt: string }

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
    const declared = readDeclaration(route.config?.audit, `${methods.join(', ')} ${route.url}`)
    if (route.config?.audit !== undefined) met.add(route.config.audit)
    for (const method of methods) {
      routes.mounted(route.url, method)
      if (declared === undefined) continue
      if ('exempt' in declared) routes.exempt(route.url, method, declared.exempt)
      else routes.declared(route.url, method, declared.verb)
    }
    if (declared !== undefined && 'access' in declared) {
      route.preHandler = [route.preHandler ?? [], attempt(declared)].flat()
    }
  })
  instance.addHook('preHandler', function late(request, reply, done) {
    const { config, method, url } = request.routeOptions
    if (config.audit === undefined || met.has(config.audit)) return done()
    const declared = readDeclaration(config.audit, `${method} ${url}`)
    if (declared === undefined || 'exempt' in declared) return done()
    attempt(declared).call(this, request, reply, done)
  })
}

/** What a route says in its `config` that somebody needs. */
export function permissionOf({ audit }: FastifyContextConfig): string | undefined {
  return audit !== undefined && 'permission' in audit ? audit.permission : undefined
}

function attempt({ access }: Accessing): preHandlerHookHandler {
  return (request, reply, done) => {
    const durable = exchangeOf(request.raw)?.declare(access(request as RoutedRequest))
    if (durable === undefined) return done()
    void durable.then((go) => {
      if (go) done()
      // Refused, with an answer if the client is still there; if it is not, nothing else tells Fastify to stop.
      else reply.hijack()
    })
  }
}

interface Accessing {
  readonly verb: AccessVerb
  readonly access: (request: RoutedRequest) => AccessDeclaration
}

/** A route's declaration, checked: the part that is the same for every request. */
type Declared = { readonly exempt: string } | Accessing

const verbs: readonly AccessVerb[] = ['read', 'create', 'update', 'delete', 'export']
const asked = ['id', 'subject', 'owner', 'volume', 'metadata'] as const
const stated = ['purpose', 'permission', 'class', 'event'] as const

/**
 * Reads `config.audit` of the route `where`, once, when it is registered. Throws `AUDIT_OPTION_INVALID` naming the member
 * that cannot be: a mistake here must stop the start, not cost records.
 */
export function readDeclaration(config: unknown, where: string): Declared | undefined {
  if (config === undefined) return undefined
  if (typeof config !== 'object' || config === null) throw invalid(where, '', 'must be an object')
  const members = new Map(Object.entries(config).filter(([, value]) => value !== undefined))
  const named = [...members.keys()].filter((name) => name === 'exempt' || verbs.some((verb) => verb === name))
  const [name] = named
  if (name === undefined || named.length > 1) {
    throw invalid(
      where,
      '',
      `names ${named.join(' and ') || 'nothing'}; it must name one of ${verbs.join(', ')}, exempt`,
    )
  }
  const resource = members.get(name)
  if (typeof resource !== 'string' || resource === '')
    throw invalid(where, `.${name}`, 'must be a text that is not empty')
  for (const [member, value] of members) {
    if (member === name) continue
    if (name === 'exempt') throw invalid(where, `.${member}`, 'has no meaning on a route that is exempt')
    if (isOneOf(asked, member) && typeof value === 'function') continue
    if (isOneOf(stated, member) && typeof value === 'string') continue
    throw invalid(
      where,
      `.${member}`,
      isOneOf(asked, member) ? 'must be a function' : isOneOf(stated, member) ? 'must be a text' : 'is not known',
    )
  }
  const verb = verbs.find((one) => one === name)
  return verb === undefined ? { exempt: resource } : { verb, access: accessOf(verb, resource, config) }
}

function accessOf(
  verb: AccessVerb,
  resource: string,
  options: AccessOptions,
): (request: RoutedRequest) => AccessDeclaration {
  const { id, subject, owner, volume, metadata, purpose, permission, class: dataClass, event } = options
  return (request) => ({
    verb,
    resource,
    purpose,
    permission,
    class: dataClass,
    event,
    id: id && (() => id(request)),
    subject: subject && (() => subject(request)),
    owner: owner && (() => owner(request)),
    volume: volume && (() => volume(request)),
    metadata: metadata && (() => metadata(request)),
  })
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name)
}

function invalid(where: string, member: string, problem: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `config.audit${member} of ${where} ${problem}`)
}
