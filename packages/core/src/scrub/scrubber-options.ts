/**
 * What an application may tell the scrubber: names and patterns of its own, and what is harmless with it. Checked and compiled
 * once, at the start.
 */
import { hash } from 'node:crypto'
import { countWays } from '../define-pattern-ways.ts'
import { AuditError } from '../errors.ts'
import { builtInNames, createNames, joinedName } from './names.ts'
import type { WalkRules } from './walk.ts'

/** A secret or a kind of personal data of an application's own, found in texts. */
export interface Detector {
  /** `[name]` is written in its place: small letters, digits and hyphens. */
  readonly name: string
  /** No `*`, `+` or `{n,}`: every repetition is bounded, so that no text takes long. Flags i, u and v. */
  readonly pattern: RegExp
  /** A text without this is not searched. Recommended: it makes the pattern cost nothing elsewhere. */
  readonly prefix?: string
}

/** Options of `createScrubber()`, and `scrub` of `createAudit()`. Lists have at most 200 entries. */
export interface ScrubberOptions {
  /** Names whose values are secrets, besides the built-in ones: `['licenceBlob']`. Found in every spelling. */
  readonly secretNames?: readonly string[]
  /** The same for personal data. */
  readonly personalNames?: readonly string[]
  /** Names that never hide a value, exactly these: `['accountNumber']`. The rules for texts still hold. */
  readonly shownNames?: readonly string[]
  /** Hosts that may be shown in URLs: `['api.example']`. */
  readonly hosts?: readonly string[]
  /** Query parameters whose values may be shown: `['page']`. */
  readonly queryNames?: readonly string[]
  readonly detectors?: readonly Detector[]
}

/** Options as the walk reads them. */
export interface CompiledOptions extends WalkRules {
  /** Eight hexadecimal digits, equal for equal options; empty without any. */
  readonly hash: string
}

const listMax = 200
const nameCharsMax = 64
const known = ['secretNames', 'personalNames', 'shownNames', 'hosts', 'queryNames', 'detectors'] as const
/** Ways in which a pattern may try to match at one place of a text. */
const waysMax = 1_000

/** Checks and compiles. Throws AUDIT_OPTION_INVALID naming the option. */
export function compileOptions(options: ScrubberOptions): CompiledOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw invalid('scrub', 'must be an object')
  for (const name of Object.keys(options)) {
    if (!known.some((one) => one === name))
      throw invalid(`scrub.${name}`, `is not an option; there are ${known.join(', ')}`)
  }
  const secret = namesOf('secretNames', options.secretNames)
  const personal = namesOf('personalNames', options.personalNames)
  const shown = namesOf('shownNames', options.shownNames)
  for (const [i, name] of shown.entries()) {
    if (secret.includes(name) || personal.includes(name))
      throw invalid(`scrub.shownNames[${i}]`, 'is among the hidden names too')
  }
  const hosts = textsOf('hosts', options.hosts, hostShape, 'must be a host name, such as api.example').map((host) =>
    host.toLowerCase(),
  )
  const queryNames = textsOf('queryNames', options.queryNames, parameterShape, 'must be the name of a query parameter')
  const detectors = detectorsOf(options.detectors)
  const parts = [secret, personal, shown, hosts, queryNames].map((part) => part.toSorted())
  const told = detectors.map(({ name, pattern, prefix }) => [name, pattern.source, pattern.flags, prefix ?? ''])
  const empty = told.length === 0 && parts.every((part) => part.length === 0)
  return Object.freeze({
    // The table of the built-in ones is large, and what they say of a name is the same for everybody.
    names:
      secret.length + personal.length + shown.length === 0 ? builtInNames : createNames({ secret, personal }, shown),
    hosts: new Set(hosts),
    queryNames: new Set(queryNames),
    detect: detectors.length === 0 ? undefined : detection(detectors),
    hash: empty ? '' : hash('sha256', JSON.stringify([...parts, told]), 'hex').slice(0, 8),
  })
}

const hostShape = /^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/
const parameterShape = /^[A-Za-z_$][\w.$[\]-]{0,63}$/

function textsOf(name: string, value: unknown, shape: RegExp, rule: string): string[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw invalid(`scrub.${name}`, 'must be a list')
  if (value.length > listMax) throw invalid(`scrub.${name}`, `has more than ${listMax} entries`)
  return value.map((one: unknown, i) => {
    if (typeof one !== 'string' || !shape.test(one)) throw invalid(`scrub.${name}[${i}]`, rule)
    return one
  })
}

function namesOf(option: string, value: unknown): string[] {
  return textsOf(option, value, /^[\s\S]{1,64}$/u, `must be a name of 1 to ${nameCharsMax} characters`).map(
    (name, i) => {
      const joined = joinedName(name)
      if (joined.length < 2) throw invalid(`scrub.${option}[${i}]`, 'must hold two letters at least')
      return joined
    },
  )
}

function detectorsOf(value: unknown): Detector[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw invalid('scrub.detectors', 'must be a list')
  if (value.length > listMax) throw invalid('scrub.detectors', `has more than ${listMax} entries`)
  return value.map((one: unknown, i) => detectorOf(`scrub.detectors[${i}]`, one))
}

function detectorOf(at: string, value: unknown): Detector {
  if (typeof value !== 'object' || value === null) throw invalid(at, 'must be an object')
  const { name, pattern, prefix, ...rest }: { name?: unknown; pattern?: unknown; prefix?: unknown } = value
  const [other] = Object.keys(rest)
  if (other !== undefined) throw invalid(`${at}.${other}`, 'is not an option; there are name, pattern, prefix')
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]{0,23}$/.test(name))
    throw invalid(`${at}.name`, 'must be 1 to 24 small letters, digits and hyphens, beginning with a letter')
  if (prefix !== undefined && (typeof prefix !== 'string' || prefix.length === 0 || prefix.length > nameCharsMax))
    throw invalid(`${at}.prefix`, `must be a text of 1 to ${nameCharsMax} characters`)
  if (!(pattern instanceof RegExp)) throw invalid(`${at}.pattern`, 'must be a regular expression')
  const wrong = patternFault(pattern, name)
  if (wrong !== undefined) throw invalid(`${at}.pattern`, wrong)
  return { name, pattern: new RegExp(pattern.source, `${pattern.flags}g`), ...(prefix === undefined ? {} : { prefix }) }
}

function patternFault({ source, flags }: RegExp, name: string): string | undefined {
  if (source.length > 500) return 'is longer than 500 characters'
  if (/[^iuv]/.test(flags))
    return `has the flag ${/[^iuv]/.exec(flags)?.[0]}; only i, u and v keep each search the same`
  // Escaped signs and classes hold no repetition.
  const bare = source.replace(/\\[\s\S]/g, '').replace(/\[[^\]]*\]/g, '')
  if (/[*+]|\{\d{1,9},\}/.test(bare)) return 'repeats without bound; write {1,64} instead of + or *'
  const ways = countWays(source, flags.includes('v'))
  if (typeof ways === 'string') return ways
  if (ways > waysMax) return 'can be matched in too many ways, which can take very long: bound its repetitions'
  const pattern = new RegExp(source, flags)
  if (pattern.test('')) return 'matches the empty text'
  return pattern.test(`[${name}]`) ? 'matches what is written in its place' : undefined
}

function detection(detectors: readonly Detector[]): NonNullable<WalkRules['detect']> {
  return (text, removed) => {
    let shown = text
    for (const { name, pattern, prefix } of detectors) {
      if (prefix !== undefined && !shown.includes(prefix)) continue
      pattern.lastIndex = 0
      if (!pattern.test(shown)) continue
      shown = shown.replace(pattern, `[${name}]`)
      removed(`detector:${name}`)
    }
    return shown
  }
}

function invalid(name: string, rule: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `${name}: ${rule}`)
}
