/**
 * Questions about short texts that need no detector.
 */

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

/** `Ada Lovelace`: two to four capitalised words. */
export function looksLikeFullName(text: string): boolean {
  return text.length <= 64 && fullName.test(text)
}

const fullName =
  /^\p{Lu}\p{L}{0,23}(?:['’-]\p{L}{1,23})?(?: (?:\p{Lu}\.|\p{L}{1,24}(?:['’-]\p{L}{1,23})?)){0,2} \p{Lu}\p{L}{0,23}(?:['’-]\p{L}{1,23})?$/u

/** True for the beginning of a statement in SQL. */
export function isStatement(text: string): boolean {
  return statement.test(text.slice(0, 64))
}

const statement =
  /^[\s(]{0,16}(?:select|insert|update|delete|replace|merge|with|call|exec|execute|upsert|alter|create|set|copy|begin|truncate|grant)\b/i

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
