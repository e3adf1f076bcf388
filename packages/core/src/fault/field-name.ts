/**
 * Names that a schema or a program gives to fields, told from data in their place: the keys of a map of patients are no names.
 * And the paths made of them.
 */
import { BoundedCache } from '../scrub/bounded-cache.ts'
import { looksPersonal } from '../scrub/identifier.ts'

const shape = /^[A-Za-z_$][A-Za-z0-9_$-]{0,63}$/
/** Names that ORMs make from a digest. */
const generated = /^(?:PK|FK|UQ|IDX|REL|CHK|DF|XCL)_[0-9a-f]{20,40}$/
const verdicts = new BoundedCache<boolean>(2_000)

/** True for 1 to 64 characters of an identifier that reads like a name: few digits, no known secret or personal value. */
export function isFieldName(value: unknown): value is string {
  if (typeof value !== 'string' || value.length === 0 || value.length > 64) return false
  const before = verdicts.get(value)
  if (before !== undefined) return before
  const verdict = generated.test(value) || (shape.test(value) && !looksPersonal(value) && !looksMade(value))
  verdicts.set(value, verdict)
  return verdict
}

/** Ids, keys and passwords: long digits, digits scattered between letters, capitals with digits, long runs without a vowel. */
function looksMade(text: string): boolean {
  const groups = text.match(/\d+/g) ?? []
  if (groups.length > 3 || groups.some((digits) => digits.length > 4)) return true
  if (/^[A-Z0-9]{10,}$/.test(text) && groups.length > 0) return true
  const switches = text.match(/\d[a-z]|[a-z]\d/gi)?.length ?? 0
  if (switches > 3) return true
  // A word with a number at its end is how people choose passwords, and rarely how columns are called.
  if (/^[a-z]{4,}\d{1,4}$/i.test(text) && !numberedWords.test(text)) return true
  return /[bcdfghjklmnpqrstvwxz]{7}/i.test(text)
}

const numberedWords =
  /^(?:address|line|street|phone|email|option|param|arg|value|field|column|item|answer|question|image|photo|level|step|test|table|index|part|group|name|score|total|rate|version|sha|base|utf|oauth|data|node|host|port|file|page|user|team|tier|type|area|zone|unit|mode|flag|attr|attribute|prop|property|contact|guardian|custom|extra|note|label|title|text|code|item|input|output|bit|key)\d{1,4}$/i

const segmentsMax = 12

/** `patient.address.*.line1`, places in lists as `[]`. `hideLast`: the last segment is what the rule objects to. */
export function pathOf(segments: readonly unknown[], hideLast = false): string {
  const parts = segments.slice(0, segmentsMax).map((segment, at) => {
    if (typeof segment === 'number' || (typeof segment === 'string' && /^\d{1,9}$/.test(segment))) return '[]'
    return isFieldName(segment) && !(hideLast && at === segments.length - 1) ? segment : '*'
  })
  return (parts.join('.') || '(root)').replaceAll('.[]', '[]')
}

/** The same for `patient.visits[0].note`, `patient.visits.0.note` and `/patient/visits/0/note`. */
export function pathOfText(text: unknown, hideLast = false): string {
  if (typeof text !== 'string' || text.length > 1_024) return '*'
  if (text === '') return '(root)'
  if (text.startsWith('/')) return pathOf(text.slice(1).split('/').filter(Boolean), hideLast)
  // A key with a dot in it, such as an address, cannot be told from two names: nothing is shown of such a path.
  if (!/^[\w$\-.[\]]+$/.test(text)) return '*'
  return pathOf(
    text
      .replaceAll(/\[(\d{1,9})\]/g, '.$1')
      .split('.')
      .filter(Boolean),
    hideLast,
  )
}
