/**
 * Requests and responses as a log may show them: a method, a status, and nothing else. Everything they hold came over the
 * wire, in names as well as values, and a framework's wrapper reaches half the application.
 *
 * What an object is, is found by comparing the prototypes it descends from, up to the first proxy. `instanceof` would ask the
 * proxy, and so run the code of whoever made it.
 */
import { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { types } from 'node:util'
import { dataOf } from '../fault/inherited.ts'
import { ClientRequest, IncomingMessage, OutgoingMessage, ServerResponse } from '../node-http.ts'
import { own } from '../scrub/read.ts'

export interface HttpSkeleton {
  readonly method?: string
  readonly status?: number
}

type Kind = 'incoming' | 'server' | 'client' | 'outgoing' | 'http2 request' | 'http2 response' | FetchKind | 'none'
type FetchKind = 'Request' | 'Response' | 'Headers'

const known = new Map<object, Kind>([
  [ServerResponse.prototype, 'server'],
  [ClientRequest.prototype, 'client'],
  [IncomingMessage.prototype, 'incoming'],
  [OutgoingMessage.prototype, 'outgoing'],
  [Http2ServerRequest.prototype, 'http2 request'],
  [Http2ServerResponse.prototype, 'http2 response'],
])
const fetchKinds: readonly FetchKind[] = ['Request', 'Response', 'Headers']
const ancestorsMax = 16
const byPrototype = new WeakMap<object, Kind>()

/**
 * Method and status of a request or response, of Node or fetch or a framework around one; undefined for any other value.
 * Runs no code but Node's own, and never throws.
 *
 *     httpSkeletonOf(req) // { method: 'GET' }
 */
export function httpSkeletonOf(value: unknown): HttpSkeleton | undefined {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return undefined
  const prototype: object | null = Object.getPrototypeOf(value)
  const kind = kindOf(prototype)
  if (kind !== 'none') return skeletonOf(value, kind)
  if (isInjected(value)) return { ...methodOf(own(value, 'method')), ...statusOf(own(value, 'statusCode')) }
  // Fastify's request and reply keep Node's as `raw`; Koa's context, request and response keep it as `req`.
  const inner = own(value, 'raw') ?? (prototype === Object.prototype ? undefined : own(value, 'req'))
  return isMessage(inner) ? httpSkeletonOf(inner) : undefined
}

function isMessage(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false
  const kind = kindOf(Object.getPrototypeOf(value))
  return (kind !== 'none' && kind !== 'Headers') || isInjected(value)
}

/** What tests inject in the place of Node's: streams with the fields of one. */
function isInjected(value: object): boolean {
  return Object.hasOwn(value, 'rawHeaders') && Object.hasOwn(value, 'headers')
}

function skeletonOf(value: object, kind: Kind): HttpSkeleton {
  switch (kind) {
    case 'incoming':
      return { ...methodOf(own(value, 'method')), ...statusOf(own(value, 'statusCode')) }
    case 'client':
      return methodOf(dataOf(value, 'method'))
    case 'server':
      return statusOf(dataOf(value, 'statusCode'))
    case 'http2 request':
      return methodOf(getFrom(Http2ServerRequest.prototype, 'method', value))
    case 'http2 response':
      return statusOf(getFrom(Http2ServerResponse.prototype, 'statusCode', value))
    case 'Request':
      return methodOf(getFrom(prototypeOf(kind), 'method', value))
    case 'Response':
      return statusOf(getFrom(prototypeOf(kind), 'status', value))
    default:
      return {}
  }
}

function kindOf(prototype: object | null): Kind {
  if (prototype === null || prototype === Object.prototype) return 'none'
  const before = byPrototype.get(prototype)
  if (before !== undefined) return before
  let kind: Kind = 'none'
  let level: object | null = prototype
  for (let i = 0; level !== null && i < ancestorsMax && kind === 'none' && !types.isProxy(level); i++) {
    kind = known.get(level) ?? fetchKindOf(level)
    level = Object.getPrototypeOf(level)
  }
  byPrototype.set(prototype, kind)
  return kind
}

/** Node makes these classes on first use, which takes long: they are looked up only once a constructor has such a name. */
function fetchKindOf(prototype: object): Kind {
  const maker = own(prototype, 'constructor')
  if (typeof maker !== 'function' || types.isProxy(maker)) return 'none'
  const name = own(maker, 'name')
  return fetchKinds.find((one) => one === name && prototypeOf(one) === prototype) ?? 'none'
}

function prototypeOf(name: FetchKind): object {
  return { Request, Response, Headers }[name].prototype
}

/** The platform's own getter: an object's may be somebody's code. It throws for what only inherits from the class. */
function getFrom(prototype: object, name: string, value: object): unknown {
  const getter = Object.getOwnPropertyDescriptor(prototype, name)?.get
  try {
    return getter && Reflect.apply(getter, value, [])
  } catch {
    return undefined
  }
}

function methodOf(method: unknown): HttpSkeleton {
  return typeof method === 'string' && /^[A-Z-]{1,20}$/.test(method) ? { method } : {}
}

/** An incoming request has a `statusCode` of null. */
function statusOf(status: unknown): HttpSkeleton {
  return typeof status === 'number' ? { status } : {}
}
