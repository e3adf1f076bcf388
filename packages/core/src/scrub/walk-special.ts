/**
 * Objects that are more than their members: errors, dates, containers of the platform, requests, bytes.
 */
import type { Judgement } from './names.ts'
import { withheldBytes } from './placeholder.ts'
import { timeOf } from './read.ts'
import { byteLength } from './walk-bytes.ts'
import { carrierOf } from './walk-carried.ts'
import { copyError } from './walk-errors.ts'
import type { Kind } from './walk-kinds.ts'
import { copyList } from './walk-lists.ts'
import { copyEntries, copyMembers } from './walk-members.ts'
import {
  asWritten,
  type Entries,
  entriesOfFetch,
  entriesOfMap,
  entriesOfSearch,
  hrefOf,
  membersOfSet,
  platformGetter,
  unboxed,
} from './walk-platform.ts'
import { instance, requestMembers, requestOf, responseOf, statusMember } from './walk-requests.ts'
import { asUrl, inHeaders, inQuery, isHidden } from './walk-verdicts.ts'
import type { Walker } from './walker.ts'

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
      return copyError(walk, value, level)
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
    case 'headerBag':
      return copyMembers(walk, value, inHeaders, context, level)
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
  'error',
  'map',
  'set',
  'search',
  'headers',
  'headerBag',
  'form',
  'plain',
  'date',
  'boxed',
  'url',
])

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
