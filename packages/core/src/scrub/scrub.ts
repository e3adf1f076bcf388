/**
 * Scrubbing of arbitrary values, for log lines that no schema describes: the port, and the thin default behind it.
 *
 * The default is an allow-list by type: numbers, booleans, null and dates pass, every string is withheld with its size. It
 * shows the shape of a value and nothing it says. Detectors that can keep harmless text come behind the same port. No code of
 * the value runs: see `read.ts`.
 */
import { types } from 'node:util'
import { safeError } from '../fault/safe-error.ts'
import { isIdentifier } from './identifier.ts'
import { isReadable, isReadableList, own, timeOf, unreadable } from './read.ts'

export interface Scrubber {
  /** Name and version, as they stand in records: which rules were in force. */
  readonly id: string
  /** A copy that may be written down. Never throws, never changes its argument, never takes longer than its bounds. */
  scrub(value: unknown): unknown
}

const depthMax = 12
const nodesMax = 2_000

/** The default scrubber: keeps numbers, booleans and dates, withholds text. */
export const typeScrubber: Scrubber = Object.freeze({ id: 'types/1', scrub })

/**
 * A copy of any value in which no text is left: `{ user: 'ann', visits: 3 }` gives
 * `{ user: '[withheld string 3 B]', visits: 3 }`. At most 12 levels and 2,000 nodes. Never throws.
 */
export function scrub(value: unknown): unknown {
  try {
    return copy(value, 0, { nodes: 0, path: new Set() })
  } catch {
    // Only exhaustion gets here. The original is never handed on instead.
    return '[scrub_failed]'
  }
}

interface Walk {
  nodes: number
  /** The objects above the current one: a value may appear twice, but not inside itself. */
  readonly path: Set<object>
}

function copy(value: unknown, depth: number, walk: Walk): unknown {
  walk.nodes += 1
  if (walk.nodes > nodesMax) return '[withheld: too many]'
  if (value === null) return null
  switch (typeof value) {
    case 'object':
      return copyObject(value, depth, walk)
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'boolean':
    case 'undefined':
      return value
    case 'string':
      return `[withheld string ${Buffer.byteLength(value)} B]`
    case 'symbol':
      return value === unreadable ? '[getter]' : '[symbol]'
    default:
      return `[${typeof value}]`
  }
}

function copyObject(value: object, depth: number, walk: Walk): unknown {
  if (types.isProxy(value)) return '[proxy]'
  if (depth >= depthMax) return '[withheld: too deep]'
  if (walk.path.has(value)) return '[circular]'
  const special = describe(value)
  if (special !== undefined) return special
  walk.path.add(value)
  const copied = isReadableList(value) ? copyList(value, depth, walk) : copyMembers(value, depth, walk)
  walk.path.delete(value)
  return copied
}

function describe(value: object): unknown {
  if (types.isDate(value)) {
    const ms = timeOf(value)
    return ms === undefined ? '[invalid date]' : new Date(ms).toISOString()
  }
  if (types.isNativeError(value)) return { ...safeError(value) }
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return '[withheld bytes]'
  if (types.isMap(value)) return '[withheld map]'
  if (types.isSet(value)) return '[withheld set]'
  if (types.isPromise(value)) return '[promise]'
  if (types.isBoxedPrimitive(value)) return '[withheld boxed value]'
  return undefined
}

function copyList(list: readonly unknown[], depth: number, walk: Walk): unknown[] {
  const copied: unknown[] = []
  for (let i = 0; i < list.length && walk.nodes <= nodesMax; i++) copied.push(copy(own(list, i), depth + 1, walk))
  return copied
}

function copyMembers(value: object, depth: number, walk: Walk): Record<string, unknown> {
  const copied: Record<string, unknown> = {}
  if (!isReadable(value)) return copied
  let unnamed = 0
  for (const key of Object.keys(value)) {
    if (walk.nodes > nodesMax) break
    // Keys hold data too, where a map is keyed by it.
    unnamed += isIdentifier(key) ? 0 : 1
    const name = isIdentifier(key) ? key : `[key ${unnamed}]`
    Object.defineProperty(copied, name, {
      value: copy(own(value, key), depth + 1, walk),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return copied
}
