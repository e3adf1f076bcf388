/**
 * Errors that are none any more: spread into an object, parsed from JSON, put together by a serialiser. They carry the same
 * input as the errors they were, so they are written by the same rule: words, codes, numbers, templates and frames.
 */
import { isCode, isSqlState } from '../fault/code.ts'
import { templateOf } from '../fault/templates.ts'
import { withoutGiven } from '../fault/told.ts'
import type { Judgement } from './names.ts'
import { roles } from './names-roles.ts'
import { isPlaceholder } from './placeholder.ts'
import { isPlainWord, isStackText } from './walk-text.ts'
import { around } from './walker.ts'

const skeletonKeys = new Set(['type', 'code', 'status', 'message', 'frames', 'details', 'fingerprint', 'causes'])
const errorType = /^(?:[A-Z]\w{0,60}(?:Error|Exception)|Error|thrown:[a-z]{1,12})$/

/** True for what we wrote for an error: also where headers are expected, those are its members. */
export function isSkeleton(keys: readonly string[], values: readonly unknown[]): boolean {
  const type = values[keys.indexOf('type')]
  return typeof type === 'string' && errorType.test(type) && keys.every((key) => skeletonKeys.has(key))
}

/** What an object says of having been an error: a sum of `around.fault` and `around.insideFault`. */
export function faultOf(
  keys: readonly string[],
  values: readonly unknown[],
  judged: readonly Judgement[],
  name: Judgement,
  context: number,
): number {
  const named = (name.roles & roles.error) !== 0
  const was = named || wasError(keys, values, judged)
  if (!was && (context & around.insideFault) === 0) return 0
  // What we wrote was checked then, and is made of more than words.
  const ours = typeof values[keys.indexOf('type')] === 'string' && keys.every((key) => skeletonKeys.has(key))
  return ours ? around.fault : around.fault | around.insideFault
}

function wasError(keys: readonly string[], values: readonly unknown[], judged: readonly Judgement[]): boolean {
  const hasMessage = typeof values[keys.indexOf('message')] === 'string'
  for (let i = 0; i < judged.length; i++) {
    const value = values[i]
    if (((judged[i]?.roles ?? 0) & (roles.errorSign | roles.stack)) === 0 || typeof value !== 'string') continue
    if (((judged[i]?.roles ?? 0) & roles.stack) !== 0 ? isStackText(value) : hasMessage && errorType.test(value))
      return true
  }
  return false
}

/** The message of what was an error: its template, or plain words, else nothing of it. */
export function faultMessage(text: string): string {
  if (isPlaceholder(text) || plainSentence.test(text)) return text
  return templateOf(text) ?? '[withheld message]'
}

/** No capital within, no digit, no quote: nothing that was put in, as a rule. */
const plainSentence = /^[A-Za-z][a-z]{0,19}(?:[ -][a-z]{1,20}){0,11}[.!]?$/

/** True for a text anywhere in what was an error that is a word, a code or a type. */
export function isFaultWord(text: string): boolean {
  return (
    text === '' ||
    isPlainWord(text) ||
    isPlaceholder(text) ||
    errorType.test(text) ||
    isCode(text) ||
    isSqlState(text) ||
    severity.test(text)
  )
}

const severity =
  /^(?:DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|PANIC|CRITICAL|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/

/** What an error says without what it quotes, and without words that mix letters and digits; plain words in quotes are names. */
export function withoutInput(text: string): string {
  // A body has rules of its own.
  if (/[{}\\]/.test(text)) return text
  let shown = text
  for (let i = 0; i < quotedPassesMax; i++) {
    const next = withoutGiven(
      shown
        .replace(quoted, (whole) => (isPlainWord(whole.slice(1, -1)) ? whole : '[input]'))
        .replace(mixed, (word) => (harmlessMixture.test(word) ? word : '[input]')),
    )
    if (next === shown) return shown
    shown = next
  }
  return '[withheld message]'
}

/** Small letters with digits or a capital behind a hyphen: how people choose passwords and programs name their rows. */
const mixed =
  /(?<![\w.:/@[\]%=-])(?=[\w-]{0,63}(?:[a-z]\d|\d[a-z]|[a-z]-[A-Z]))[A-Za-z0-9][\w-]{2,63}(?![\w.:/@(\]%=-])/g
const harmlessMixture =
  /^(?:v?\d{1,9}[a-z]{0,3}|[0-9a-f-]{16,64}|(?:utf|sha|md|ipv|http|x|base|int|uint|float|h|s|p|ec|es|rs|hs)\d{1,3}(?:_\d{1,3})?)$/i
const quotedPassesMax = 4
const quoted = /(?<![\w\]])(?:'[^'\n]{1,200}'|"[^"\n]{1,200}"|`[^`\n]{1,200}`)(?!\w)/g
