/**
 * Requests and responses, Node's own and what frameworks wrap around them: method, route and status are all that is written.
 */
import type { Judgement } from './names.ts'
import { own } from './read.ts'
import { type Kind, kindOfPrototype } from './walk-kinds.ts'
import { copyMembers } from './walk-members.ts'
import type { Walker } from './walker.ts'

/** An object of some class: a framework's request or context by what it wraps, any other by its members. */
export function instance(walk: Walker, value: object, name: Judgement, context: number, level: number): unknown {
  for (const member of ['raw', 'req', 'res'] as const) {
    const inner = own(value, member)
    if (typeof inner !== 'object' || inner === null) continue
    const kind = kindOf(inner)
    if (kind === 'request') return requestOf(walk, inner, value, level)
    if (kind === 'response') return responseOf(walk, inner, level)
  }
  return copyMembers(walk, value, name, context, level)
}

function kindOf(value: object): Kind | undefined {
  const prototype: object | null = Object.getPrototypeOf(value)
  return prototype === null ? undefined : kindOfPrototype(prototype)
}

/** Method, route and status. A request that this process made is told by the response to it. */
export function requestOf(walk: Walker, request: object, outer: object, level: number): unknown {
  const status = own(request, 'statusCode')
  if (typeof status === 'number') return statusMember(status)
  const route = own(outer, 'route') ?? own(request, 'route')
  const template = typeof route === 'object' && route !== null ? own(route, 'path') : undefined
  const base = own(request, 'baseUrl')
  const members = requestMembers(
    walk,
    own(request, 'method'),
    typeof template === 'string' ? undefined : (own(request, 'originalUrl') ?? own(request, 'url')),
    level,
  )
  return typeof template === 'string' && isTemplate(template)
    ? {
        ...members,
        route: walk.text((typeof base === 'string' && isTemplate(base) ? base : '') + template, 'url', level),
      }
    : members
}

/** A path of words and parameters, as an application registers it. */
const isTemplate = (path: string) =>
  path.length <= 256 && /^(?:[\w/:.*(){}?-]|\[|\])*$/.test(path) && !/\d{4}/.test(path)

/** The method and the URL, each where it is one. */
export function requestMembers(walk: Walker, method: unknown, url: unknown, level: number): Record<string, unknown> {
  return {
    ...(typeof method === 'string' && /^[A-Z-]{1,20}$/.test(method) ? { method } : {}),
    ...(typeof url === 'string' ? { url: walk.text(url, 'url', level) } : {}),
  }
}

/** The status of a response; method and path of a request to somebody else. */
export function responseOf(walk: Walker, response: object, level: number): unknown {
  const status = own(response, 'statusCode')
  if (typeof status === 'number') return statusMember(status)
  // A request to somebody else is an outgoing message too.
  return own(response, 'method') === undefined
    ? { status: 200 }
    : requestMembers(walk, own(response, 'method'), own(response, 'path'), level)
}

/** A status where it is one. */
export function statusMember(status: unknown): Record<string, unknown> {
  return typeof status === 'number' && Number.isInteger(status) ? { status } : {}
}
