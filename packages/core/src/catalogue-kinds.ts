/**
 * The kinds that metadata may have, as short constructors, and `event()`, which states one row of the catalogue.
 *
 * Hands on plain data of the shapes in `event.ts`. Applications use the same constructors in `defineEvents()`. There is no
 * kind for free text: a value that is none of these has no place in an audit record.
 */
import type {
  Action,
  Category,
  EventDefinition,
  Level,
  MetadataKind,
  MetadataSchema,
  Outcome,
  Severity,
} from './event.ts'
import type { GuessableName } from './guessable.ts'
import type { MaskName } from './scrub/masks.ts'

/** One of a closed list of words. */
export function oneOf<const V extends readonly [string, ...string[]]>(...values: V): { kind: 'enum'; values: V } {
  return { kind: 'enum', values }
}

/** A whole number from `min` to `max`, both included. */
export function integer(min: number, max: number): { kind: 'integer'; min: number; max: number } {
  return { kind: 'integer', min, max }
}

/** An identifier that matches the anchored pattern and has at most 64 characters. */
export function idLike(pattern: RegExp): { kind: 'id'; pattern: RegExp } {
  return { kind: 'id', pattern }
}

/**
 * Any string, written as a keyed token: equal values stay comparable, and nobody reads them. Not for what has few values,
 * such as a birthday: there counting tokens is guessing, so it does not compile, and `defineEvents()` refuses it.
 */
export function token<const P extends string>(
  purpose: P extends GuessableName ? never : P,
): { kind: 'token'; purpose: P } {
  return { kind: 'token', purpose }
}

/** Any string, written masked: see `mask`. */
export function masked<const M extends MaskName>(mask: M): { kind: 'mask'; mask: M } {
  return { kind: 'mask', mask }
}

/**
 * A text about a person, as itself or as a `Personal`. It never stands in clear: it is sealed under the record's first
 * subject, and forgotten with that person. Where the record has no subject with a key it is dropped and counted.
 */
export function personalField(): { kind: 'personal' } {
  return { kind: 'personal' }
}

/** Yes or no. */
export const flag = { kind: 'boolean' } as const
/** A moment: a Date or ISO 8601 text. */
export const time = { kind: 'time' } as const
/** How many: 0 to 2^53 − 1. */
export const count = integer(0, Number.MAX_SAFE_INTEGER)
/** An HTTP status. */
export const httpStatus = integer(100, 599)
/** The name of a setting, vendor, rule, check or package: letters first, then letters, digits and `_ . : / @ -`. */
export const name = idLike(/^[A-Za-z@][A-Za-z0-9_.:/@-]{0,63}$/)
/** An opaque identifier: no spaces, no `@`. */
export const opaqueId = idLike(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/)
/** A version, such as `24.21.0` or `v2.1-rc.1+5`. */
export const version = idLike(/^[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}$/)
/** SHA-256 in 64 hex digits. */
export const sha256 = idLike(/^[0-9a-f]{64}$/)
/** A hash, whole or shortened, in hex or base64url. */
export const hash = idLike(/^[0-9A-Za-z_-]{8,64}$/)
/** A git object name, whole or shortened. */
export const gitSha = idLike(/^[0-9a-f]{7,64}$/)
/** A host name, without port. */
export const host = idLike(/^[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?$/)

/** A definition that keeps its reasons and metadata as literal types, so that `record()` can be checked against them. */
export interface TypedDefinition<R extends readonly string[], M extends MetadataSchema> extends EventDefinition {
  readonly reasons: R
  readonly metadata: M
}

type Rest<R, M> = Partial<Omit<EventDefinition, 'reasons' | 'metadata'>> & {
  readonly reasons?: R
  readonly metadata?: M
}

/**
 * One row of the catalogue. What `rest` leaves out is the usual: outcome `success`, failure class `spool`, retention class
 * `standard`, no reasons, no metadata.
 */
export function event<
  const R extends readonly string[] = readonly [],
  const M extends MetadataSchema = Record<never, never>,
>(
  code: string,
  category: Category,
  level: Level,
  severity: Severity,
  action: Action,
  rest: Rest<R, M> = {},
): TypedDefinition<R, M> {
  const { reasons = [], metadata = {}, ...others } = rest
  const usual = { outcome: 'success' as Outcome, failureClass: 'spool' as const, retentionClass: 'standard' as const }
  return Object.freeze({
    ...usual,
    code,
    category,
    level,
    severity,
    action,
    ...others,
    reasons: Object.freeze(reasons) as R,
    metadata: frozenSchema(metadata) as M,
  })
}

/** A copy of a schema that nobody can change: which values may be written is decided once. */
export function frozenSchema(schema: MetadataSchema): MetadataSchema {
  const kinds = Object.entries(schema).map(([key, kind]): [string, MetadataKind] => [
    key,
    Object.freeze(kind.kind === 'enum' ? { ...kind, values: Object.freeze([...kind.values]) } : { ...kind }),
  ])
  return Object.freeze(Object.fromEntries(kinds))
}
