/**
 * An event's metadata, by the schema of its definition: default-deny.
 *
 * What is declared and of its kind is written, everything else is dropped and counted. There is no kind for free text, so
 * no detector has to guess what a text means.
 */
import type { MetadataMember } from '../draft.ts'
import type { MetadataKind, MetadataSchema } from '../event.ts'
import { looksPersonal } from '../scrub/identifier.ts'
import { mask } from '../scrub/masks.ts'
import { classifyName } from '../scrub/names.ts'
import { isReadable, own, timeOf } from '../scrub/read.ts'
import { placeholderOf, unwrapPersonal } from '../secret.ts'
import type { Rule } from './accounting.ts'
import { type Masking, tokenCharsMax } from './masking.ts'
import { Sealing } from './sealing.ts'

const keysMax = 50
/** Further keys are not even looked at. */
const keysReadMax = 500
const keyCharsMax = 40
const valueCharsMax = 500
const idCharsMax = 64
/** Names of undeclared keys that may be shown to say what is missing: words. Anything else may be data. */
const showableKey = /^[A-Za-z][A-Za-z_-]{0,39}$/

const nothingPersonal = { sealing: new Sealing(undefined, undefined), undeclared: 'drop' } as const

/** What becomes of personal and of undeclared values. */
export interface PersonalRules {
  readonly sealing: Sealing
  readonly undeclared: 'drop' | 'seal'
  /** The trail's own words: one random id in thirty thousand begins like a known secret, and a birth without its id is none. */
  readonly own?: true | undefined
}

/** The metadata that may be written; undefined when nothing is left. What is personal goes to `personal.sealing`. */
export function maskMetadata(
  schema: MetadataSchema,
  given: unknown,
  masking: Masking,
  personal: PersonalRules = nothingPersonal,
): Record<string, MetadataMember[string]> | undefined {
  if (given === undefined || given === null) return undefined
  if (!isReadable(given)) return masking.drop('metadata', 'wrong_kind')
  let written: Record<string, MetadataMember[string]> | undefined
  let count = 0
  const keys = Object.keys(given)
  if (keys.length > keysReadMax) masking.drop('metadata', 'too_many', keys.length - keysReadMax)
  for (const key of keys.slice(0, keysReadMax)) {
    const kind = key.length <= keyCharsMax && Object.hasOwn(schema, key) ? schema[key] : undefined
    const value = own(given, key)
    if (kind === undefined) {
      masking.drop(
        showableKey.test(key) && !looksPersonal(key) ? `metadata.${key}` : 'metadata.*',
        undeclaredRule(key, value, personal),
      )
      continue
    }
    if (value === undefined || value === null) continue
    if (kind.kind === 'personal') {
      masking.drop(`metadata.${key}`, personalRule(key, unwrapPersonal(value), personal))
      continue
    }
    const masked = maskValue(kind, value, masking, personal.own)
    if (masked === undefined) masking.drop(`metadata.${key}`, 'wrong_kind')
    else if (++count > keysMax) masking.drop('metadata', 'too_many')
    else {
      written ??= {}
      written[key] = masked
    }
  }
  return written
}

/** What happens to a value that no schema knows: a `Personal` is sealed, others only where the application wants it. */
function undeclaredRule(key: string, value: unknown, personal: PersonalRules): Rule {
  const { undeclared, sealing } = personal
  if (!sealing.possible || key.length > keyCharsMax) return 'undeclared'
  const inside = unwrapPersonal(value)
  if (inside === value && (undeclared === 'drop' || isSecret(key, value))) return 'undeclared'
  const rule = sealing.keep(key, inside)
  return rule === 'wrong_kind' ? 'undeclared' : rule
}

function personalRule(key: string, value: unknown, { sealing }: PersonalRules): Rule {
  if (typeof value !== 'string') return 'wrong_kind'
  return sealing.possible ? sealing.keep(key, value) : 'no_key'
}

/** A credential is no record's business, sealed or not. */
function isSecret(key: string, value: unknown): boolean {
  return placeholderOf(value) !== undefined || classifyName(key) === 'secret'
}

function maskValue(
  kind: MetadataKind,
  value: unknown,
  masking: Masking,
  isOwn: boolean | undefined,
): MetadataMember[string] | undefined {
  switch (kind.kind) {
    case 'enum':
      return typeof value === 'string' && value.length <= valueCharsMax && kind.values.includes(value)
        ? value
        : undefined
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined
    case 'integer':
      return typeof value === 'number' && Number.isSafeInteger(value) && value >= kind.min && value <= kind.max
        ? value
        : undefined
    case 'time': {
      const ms = timeOf(value)
      return ms === undefined ? undefined : new Date(ms).toISOString()
    }
    case 'id':
      // A known secret or somebody's address is refused even where a wide pattern would let it pass.
      return typeof value === 'string' &&
        value.length <= idCharsMax &&
        matches(kind.pattern, value) &&
        (isOwn === true || !looksPersonal(value))
        ? value
        : undefined
    case 'token':
      return typeof value === 'string' && value !== '' && value.length <= tokenCharsMax
        ? masking.token(kind.purpose, value)
        : undefined
    case 'mask':
      return typeof value === 'string' ? mask[kind.mask](value).slice(0, valueCharsMax) : undefined
    default:
      // A definition made without the compiler.
      return undefined
  }
}

/** The whole text matches, whatever flags or anchors the pattern has. */
function matches(pattern: RegExp, value: string): boolean {
  if (pattern.global || pattern.sticky) pattern.lastIndex = 0
  return pattern.exec(value)?.[0] === value
}
