/**
 * Reading what belongs to somebody else: engines' own objects and what applications pass to them. Nothing here throws, and
 * nothing calls more than a getter.
 */
import { memberOf } from '../member.ts'

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The identifier that a value is, or that an object has as its `id`. */
export function identifierOf(value: unknown): string | undefined {
  return plainIdentifier(value) ?? plainIdentifier(memberOf(value, 'id'))
}

function plainIdentifier(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined
  return typeof value === 'bigint' ? String(value) : undefined
}

/** At most `sizeMax` identifiers of a value or a list of them. */
export function identifiersOf(value: unknown, sizeMax = 20): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value.slice(0, sizeMax) : [value]
  return list.map(identifierOf).filter((id) => id !== undefined)
}

/** The kind in front of `kind:id`, where it is a name and something follows it. */
export function kindIn(text: string): { readonly kind: string; readonly id: string } | undefined {
  const at = text.indexOf(':')
  const kind = text.slice(0, Math.max(at, 0))
  return kindShape.test(kind) && at + 1 < text.length ? { kind, id: text.slice(at + 1) } : undefined
}

const kindShape = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/
