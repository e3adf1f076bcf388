/** Reads somebody else's objects: whatever is not there, throws or is no object at all is simply undefined. */

/** `value[name]`, for any value. */
export function memberOf(value: unknown, name: PropertyKey): unknown {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return undefined
  try {
    return Reflect.get(value, name)
  } catch {
    return undefined
  }
}

/** An array as it is; anything else is an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A count: numbers, and what libraries have for integers too large for one. Undefined for anything else. */
export function countOf(value: unknown): number | undefined {
  const number = typeof value === 'bigint' || isLong(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

function isLong(value: unknown): boolean {
  return typeof memberOf(value, 'low') === 'number' && typeof memberOf(value, 'high') === 'number'
}
