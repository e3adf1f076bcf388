/**
 * Questions about short texts that need no detector.
 */

import { thingWords } from './names-things.ts'

const wordCharsMax = 24

/** One word of small letters, with `_` or `-` in it: most values of a log line, and never data that a rule knows. */
export function isPlainWord(text: string): boolean {
  if (text.length > wordCharsMax) return false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if ((code < 97 || code > 122) && code !== 95 && code !== 45) return false
  }
  return true
}

/** An id of the application's own where a person's name could stand: a UUID, few digits, `usr_8f3k2p`. */
export function isOpaqueId(text: string): boolean {
  return text.length <= 48 && opaqueId.test(text)
}

const opaqueId =
  /^(?:\d{1,6}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[0-9a-f]{24}|(?:u|usr|user|cus|cust|acct|acc|org|tenant|emp|pat|mem|per|uid|id|svc|p1)[_-](?=[A-Za-z_-]{0,30}\d)[A-Za-z0-9_-]{4,40})$/

/** `Ada Lovelace`: two to four capitalised words, none of which things are called by. */
export function looksLikeFullName(text: string): boolean {
  return text.length <= 64 && fullName.test(text) && !text.split(' ').some((word) => thingWords.has(word.toLowerCase()))
}

const fullName =
  /^\p{Lu}\p{L}{0,23}(?:['’-]\p{L}{1,23})?(?: (?:\p{Lu}\.|\p{L}{1,24}(?:['’-]\p{L}{1,23})?)){0,2} \p{Lu}\p{L}{0,23}(?:['’-]\p{L}{1,23})?$/u

/** True for the beginning of a statement in SQL. */
export function isStatement(text: string): boolean {
  return statement.test(text.slice(0, 64))
}

const statement =
  /^[\s(]{0,16}(?:select|insert|update|delete|replace|merge|with|call|exec|execute|upsert|alter|create|set|copy|begin|truncate|grant)\b/i

/** `JIRA-1234`, `#4711`, `2024/118`: what people file things under. No letters behind the digits, which tokens have. */
export function isReference(text: string): boolean {
  return text.length <= 32 && reference.test(text)
}

const reference = /^#?(?:[A-Z][A-Z0-9]{0,9}[-_ /]?)?\d{1,10}(?:[-/.]\d{1,8}){0,2}$/

/** A day or a moment of one; the month to which a card is valid is neither. */
export function isTimeText(text: string): boolean {
  return text.length <= 40 && timeText.test(text)
}

const timeText = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d[\d:.,]{0,16}(?:Z|[+-]\d\d:?\d\d)?)?$/

/** `SHA256:…`, `AB:CD:…`, 16 digits of a hash and more, a token of ours. */
export function isDigest(text: string): boolean {
  return text.length <= 160 && digest.test(text)
}

const digest =
  /^(?:(?:sha\d{1,3}|md5)[:-][A-Za-z0-9+/=_-]{16,128}|(?:[0-9a-f]{2}:){15,63}[0-9a-f]{2}|[0-9a-f]{16,128}|p1_[\w-]{8,80})$/i

/** `load (src/load.ts:10:5)`: a frame as `safeError` writes it, of words and places alone. */
export function isFrame(text: string): boolean {
  return text.length <= 512 && frame.test(text) && !longDigits.test(text)
}

const frame =
  /^(?:async |new )?(?:<anonymous>|[A-Za-z_$#][\w$#.<>]{0,120})(?: \[as [\w$.#]{1,64}\])? \((?:node:)?[\w@.+~$/()[\]-]{1,300}:\d{1,6}:\d{1,7}\)$/
const longDigits = /\d{8}/

/** `+4915234567801` (E.164), and nothing else in the text. */
export function isInternationalNumber(text: string): boolean {
  return text.charCodeAt(0) === 43 && text.length <= 16 && /^\+[1-9]\d{8,14}$/.test(text)
}

/** True for the text of a stack, or a line of one: not for a word that is called so. */
export function isStackText(text: string): boolean {
  return text.includes('\n') || stackLine.test(text.slice(0, 200))
}

const stackLine = /^\s{0,8}at \S|^(?:Uncaught )?[A-Z]\w{0,60}(?:Error|Exception)\b|^Error\b/
