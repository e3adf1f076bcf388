/**
 * Objects that are more than their members: errors, dates, containers of the platform, requests, bytes.
 */
import { type SafeError, safeError } from '../fault/safe-error.ts'
import type { Judgement } from './names.ts'
import { withheldBytes } from './placeholder.ts'
import { own, timeOf } from './read.ts'
import { type Kind, kindOfPrototype } from './walk-kinds.ts'
import { copyList } from './walk-lists.ts'
import { copyEntries, copyMembers } from './walk-members.ts'
import {
  asWritten,
  type Entries,
  entriesOfFetch,
  entriesOfMap,
  entriesOfSearch,
  membersOfSet,
  platformGetter,
  unboxed,
} from './walk-platform.ts'
import { asUrl, inHeaders, inQuery, isHidden, trusted, unnamed } from './walk-verdicts.ts'
import { around, type Walker } from './walker.ts'

/** The copy of an object of a known kind, or of a class of the application's own. */
export function copySpecial(
  walk: Walker,
  value: object,
  kind: Kind,
  name: Judgement,
  context: number,
  level: number,
): unknown {
  const carrier = carrierOf(name, context)
  if (carrier !== undefined && !containers.has(kind)) {
    walk.removed('carrier')
    return carrier
  }
  switch (kind) {
    case 'error':
      return copyError(walk, safeError(value, undefined, walk.hosts), level)
    case 'date': {
      const ms = timeOf(value)
      return ms === undefined ? '[invalid date]' : walk.written(new Date(ms).toISOString(), name, context, level)
    }
    case 'map':
      return entriesAsMembers(walk, entriesOfMap(value, walk.nodesLeft + 1), name, context, level)
    case 'set':
      return copyList(walk, membersOfSet(value, walk.nodesLeft + 1).map(asWritten), name, context, level)
    case 'bytes':
      walk.removed('bytes')
      return withheldBytes(byteLength(value))
    case 'boxed':
      return walk.copy(unboxed(value) ?? null, name, context, level)
    case 'url':
      return walk.written(hrefOf(value), isHidden(name) ? name : asUrl, context, level)
    case 'search':
      return entriesAsMembers(walk, entriesOfSearch(value, walk.nodesLeft + 1), inQuery, context, level)
    case 'headers':
      return entriesAsMembers(walk, entriesOfFetch('Headers', value, walk.nodesLeft + 1), inHeaders, context, level)
    case 'form':
      return entriesAsMembers(walk, entriesOfFetch('FormData', value, walk.nodesLeft + 1), name, context, level)
    case 'blob':
      walk.removed('bytes')
      return `[withheld blob ${Number(platformGetter('Blob', 'size', value) ?? 0)} B]`
    case 'request':
      return requestOf(walk, value, value, level)
    case 'response':
      return responseOf(walk, value, level)
    case 'fetchRequest':
      return requestMembers(
        walk,
        platformGetter('Request', 'method', value),
        platformGetter('Request', 'url', value),
        level,
      )
    case 'fetchResponse':
      return statusMember(platformGetter('Response', 'status', value))
    case 'secret':
      return '[secret]'
    case 'plain':
      return instance(walk, value, name, context, level)
    default:
      return `[${kind}]`
  }
}

const containers: ReadonlySet<Kind> = new Set<Kind>([
  'map',
  'set',
  'search',
  'headers',
  'form',
  'plain',
  'date',
  'boxed',
  'url',
])

/** Headers, cookies and queries hold texts and lists of them: anything else in them is dropped. */
function carrierOf({ as }: Judgement, context: number): string | undefined {
  if (as === 'headers') return '[header]'
  if (as === 'cookies') return '[cookie]'
  return as === 'query' || (context & around.query) !== 0 ? '[query]' : undefined
}

/** The skeleton of an error. Its frames were parsed and checked one by one, and are not looked at again. */
function copyError(walk: Walker, { frames, causes, ...rest }: SafeError, level: number): unknown {
  const copied = copyMembers(walk, rest, unnamed, 0, level)
  if (typeof copied !== 'object' || copied === null) return copied
  const [framesShown, causesShown] = [
    frames && !walk.full ? walk.copy(frames, trusted, 0, level + 1) : undefined,
    causes && !walk.full ? walk.copy(causes, unnamed, 0, level + 1) : undefined,
  ]
  walk.wrote(12, 0)
  return {
    ...copied,
    ...(framesShown === undefined ? {} : { frames: framesShown }),
    ...(causesShown === undefined ? {} : { causes: causesShown }),
  }
}

/** An object of some class: a framework's request or context by what it wraps, any other by its members. */
function instance(walk: Walker, value: object, name: Judgement, context: number, level: number): unknown {
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
function requestOf(walk: Walker, request: object, outer: object, level: number): unknown {
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
    ? { ...members, route: (typeof base === 'string' && isTemplate(base) ? base : '') + template }
    : members
}

/** A path of words and parameters, as an application registers it. */
const isTemplate = (path: string) =>
  path.length <= 256 && /^(?:[\w/:.*(){}?-]|\[|\])*$/.test(path) && !/\d{4}/.test(path)

function requestMembers(walk: Walker, method: unknown, url: unknown, level: number): Record<string, unknown> {
  return {
    ...(typeof method === 'string' && /^[A-Z-]{1,20}$/.test(method) ? { method } : {}),
    ...(typeof url === 'string' ? { url: walk.text(url, 'url', level) } : {}),
  }
}

function responseOf(walk: Walker, response: object, level: number): unknown {
  const status = own(response, 'statusCode')
  if (typeof status === 'number') return statusMember(status)
  // A request to somebody else is an outgoing message too.
  return own(response, 'method') === undefined
    ? { status: 200 }
    : requestMembers(walk, own(response, 'method'), own(response, 'path'), level)
}

function statusMember(status: unknown): Record<string, unknown> {
  return typeof status === 'number' && Number.isInteger(status) ? { status } : {}
}

function entriesAsMembers(
  walk: Walker,
  entries: Entries | undefined,
  name: Judgement,
  context: number,
  level: number,
): unknown {
  if (entries === undefined) return {}
  return copyEntries(walk, entries.keys.map(keyText), entries.values.map(asWritten), name, context, level)
}

/** Keys of a Map may be anything. */
function keyText(key: unknown): string {
  switch (typeof key) {
    case 'string':
      return key
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'undefined':
      return String(key)
    default:
      return key === null ? 'null' : '[object]'
  }
}

const hrefGetter = Object.getOwnPropertyDescriptor(URL.prototype, 'href')?.get

function hrefOf(value: object): string {
  try {
    const href: unknown = hrefGetter && Reflect.apply(hrefGetter, value, [])
    return typeof href === 'string' ? href : ''
  } catch {
    // Only descends from URL.
    return ''
  }
}

const viewLength = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'byteLength')?.get
const dataViewLength = Object.getOwnPropertyDescriptor(DataView.prototype, 'byteLength')?.get
const bufferLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength')?.get
const sharedLength = Object.getOwnPropertyDescriptor(SharedArrayBuffer.prototype, 'byteLength')?.get

/** The intrinsic getters: an object may bring a `byteLength` of its own. */
function byteLength(value: object): number {
  for (const getter of [viewLength, dataViewLength, bufferLength, sharedLength]) {
    try {
      const length: unknown = getter && Reflect.apply(getter, value, [])
      if (typeof length === 'number') return length
    } catch {
      // Another kind of bytes.
    }
  }
  return 0
}
