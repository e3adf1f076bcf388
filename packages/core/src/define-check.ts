/**
 * The checks behind `defineEvents()`: every field of every event, so that the message can name the one that is wrong.
 */
import { type Catalogue, catalogue } from './catalogue.ts'
import { checkPattern, checkPatternAccepts } from './define-pattern.ts'
import { AuditError } from './errors.ts'
import { isGuessableName } from './guessable.ts'
import { mask } from './scrub/masks.ts'

const eventsMax = 1_000
const eventNameMax = 64
const metadataKeysMax = 50
const metadataKeyMax = 40
const reasonsMax = 100
const enumValuesMax = 200

/** The closed lists of `event.ts`, for callers without types. */
const words: Readonly<Record<string, readonly string[]>> = {
  category: [...new Set(Object.values(catalogue).map((definition) => definition.category))],
  level: ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'],
  action: [
    ...[
      'create',
      'read',
      'update',
      'delete',
      'list',
      'search',
      'export',
      'import',
      'share',
      'login',
      'logout',
      'grant',
    ],
    ...['revoke', 'enable', 'disable', 'start', 'stop', 'approve', 'reject', 'other'],
  ],
  outcome: ['success', 'failure', 'denied', 'unknown'],
  failureClass: ['block', 'spool', 'best_effort'],
  retentionClass: ['standard', 'long', 'keys'],
  stream: ['operational', 'application', 'audit', 'activity', 'keys'],
}
const required = ['code', 'category', 'action']
const known = new Set([
  ...Object.keys(words),
  'code',
  'severity',
  'reasons',
  'metadata',
  'requires',
  'unprovedActor',
  'sealsAddress',
  'activity',
  'like',
])
const requirable = ['purpose', 'changes', 'ticketRef', 'targets']
const masks = Object.keys(mask)

const word = /^[a-z][a-z0-9_]{0,63}$/
const codeShape = /^[A-Z]{3}[0-9]{3}$/
const builtIn: Catalogue = catalogue
const reservedPrefixes = new Set(Object.values(builtIn).map((definition) => definition.code.slice(0, 3)))

/** Throws `AUDIT_OPTION_INVALID` naming the first field that is wrong. */
export function checkEvents(
  specs: unknown,
): asserts specs is Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  if (!isPlain(specs)) refuse('', 'must be an object of events by name')
  const names = Object.keys(specs)
  if (names.length > eventsMax) refuse('', `has ${names.length} events; at most ${eventsMax}`)
  const codes = new Map<string, string>()
  for (const name of names) {
    const spec = specs[name]
    if (!word.test(name) || name.length > eventNameMax)
      refuse(`.${shown(name)}`, 'is not a name in snake_case of at most 64 characters')
    if (Object.hasOwn(builtIn, name)) refuse(`.${name}`, 'is a built-in event, which cannot be redefined')
    if (!isPlain(spec)) refuse(`.${name}`, 'must be an object')
    checkEvent(name, spec)
    const code = String(spec.code)
    const other = codes.get(code)
    if (other !== undefined) refuse(`.${name}.code`, `${code} already belongs to ${other}`)
    codes.set(code, name)
  }
}

function checkEvent(name: string, spec: Readonly<Record<string, unknown>>): void {
  const at = `.${name}`
  for (const field of required) if (spec[field] === undefined) refuse(`${at}.${field}`, 'is missing')
  for (const [field, value] of Object.entries(spec)) {
    if (!known.has(field)) refuse(`${at}.${shown(field)}`, 'is not a field of an event')
    const allowed = words[field]
    if (allowed !== undefined && value !== undefined) oneOf(`${at}.${field}`, value, allowed)
  }
  checkCode(`${at}.code`, spec.code)
  if (spec.severity !== undefined && !isInteger(spec.severity, 0, 6))
    refuse(`${at}.severity`, 'must be a whole number from 0 to 6')
  if (spec.level === 'DEBUG') refuse(`${at}.level`, 'DEBUG is refused in production, so no event may have it')
  for (const field of ['unprovedActor', 'sealsAddress', 'activity']) {
    if (spec[field] !== undefined && spec[field] !== true) refuse(`${at}.${field}`, 'must be true or left out')
  }
  if (spec.like !== undefined && !(typeof spec.like === 'string' && Object.hasOwn(builtIn, spec.like))) {
    refuse(`${at}.like`, 'must name a built-in event')
  }
  checkWords(`${at}.reasons`, spec.reasons, reasonsMax)
  checkRequires(`${at}.requires`, spec.requires)
  checkMetadata(`${at}.metadata`, spec.metadata)
}

function checkCode(at: string, code: unknown): void {
  if (typeof code !== 'string' || !codeShape.test(code))
    refuse(at, 'must be three capital letters and three digits, such as CLN001')
  if (reservedPrefixes.has(code.slice(0, 3)))
    refuse(at, `${code}: the prefix ${code.slice(0, 3)} is reserved for built-in events`)
}

function checkRequires(at: string, value: unknown): void {
  if (value === undefined) return
  if (!Array.isArray(value)) refuse(at, 'must be a list')
  for (const item of value) oneOf(at, item, requirable)
}

function checkWords(at: string, value: unknown, max: number): void {
  if (value === undefined) return
  if (!Array.isArray(value)) refuse(at, 'must be a list of words')
  if (value.length > max) refuse(at, `has ${value.length} words; at most ${max}`)
  for (const item of value) {
    if (typeof item !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9_.+/-]{0,63}$/.test(item))
      refuse(at, 'has something other than a word of at most 64 letters, digits and _ . + / -')
  }
  if (new Set(value).size !== value.length) refuse(at, 'has a word twice')
}

function checkMetadata(at: string, schema: unknown): void {
  if (schema === undefined) return
  if (!isPlain(schema)) refuse(at, 'must be an object of kinds by name')
  const keys = Object.keys(schema)
  if (keys.length > metadataKeysMax) refuse(at, `has ${keys.length} keys; at most ${metadataKeysMax}`)
  for (const key of keys) {
    if (!word.test(key) || key.length > metadataKeyMax)
      refuse(`${at}.${shown(key)}`, `is not a name in snake_case of at most ${metadataKeyMax} characters`)
    checkKind(`${at}.${key}`, key, schema[key])
  }
}

function checkKind(at: string, key: string, kind: unknown): void {
  if (!isPlain(kind)) refuse(at, 'must be a kind: enum, boolean, integer, time, id, token, mask or personal')
  switch (kind.kind) {
    case 'boolean':
    case 'time':
    case 'personal':
      return
    case 'enum':
      checkWords(`${at}.values`, kind.values ?? 'missing', enumValuesMax)
      if (Array.isArray(kind.values) && kind.values.length === 0) refuse(`${at}.values`, 'is empty')
      return
    case 'integer':
      if (!isInteger(kind.min) || !isInteger(kind.max)) refuse(at, 'needs whole numbers min and max')
      if (kind.min > kind.max) refuse(at, `min ${kind.min} is above max ${kind.max}`)
      return
    case 'id': {
      const wrong = checkPattern(kind.pattern) ?? (kind.pattern instanceof RegExp && checkPatternAccepts(kind.pattern))
      if (wrong) refuse(`${at}.pattern`, wrong)
      return
    }
    case 'token':
      if (typeof kind.purpose !== 'string' || !word.test(kind.purpose))
        refuse(`${at}.purpose`, 'must be a word in snake_case')
      // Counting how often each token occurs guesses it.
      if (isGuessableName(kind.purpose))
        refuse(`${at}.purpose`, `${kind.purpose} has too few possible values: its token would be guessed`)
      if (isGuessableName(key)) refuse(at, `has too few possible values for a token: it would be guessed`)
      return
    case 'mask':
      oneOf(`${at}.mask`, kind.mask, masks)
      return
    default:
      refuse(`${at}.kind`, 'must be enum, boolean, integer, time, id, token, mask or personal; there is no free text')
  }
}

function oneOf(at: string, value: unknown, allowed: readonly string[]): void {
  if (typeof value !== 'string' || !allowed.includes(value)) refuse(at, `must be one of ${allowed.join(', ')}`)
}

function isInteger(value: unknown, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof RegExp)
}

/** A wrong name may be anything, so only its harmless part is repeated. */
function shown(name: string): string {
  return name.replace(/[^A-Za-z0-9_.-]/g, '?').slice(0, 40)
}

function refuse(at: string, why: string): never {
  throw new AuditError('AUDIT_OPTION_INVALID', `events${at} ${why}`)
}
