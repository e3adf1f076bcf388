/**
 * Errors told in texts: `err.message`, `` `save failed: ${err}` ``, `String(err)`. Of a message that a library made its own words
 * stay; of one behind a type that is not known nothing stays; elsewhere what errors quote goes.
 */
import { messageWithoutInput } from './templates.ts'

export const withheldMessage = '[withheld message]'
const textCharsMax = 4_096
/** Behind these a message may begin. */
const places = /: |(?<= )- |failed /g
const placesMax = 5

/** `TypeError: …`, `Error [ERR_X]: …`, also behind other words. */
const typed = /(?:^|[\s:['"`(])(?:[A-Z][A-Za-z0-9]{0,60})?(?:Error|Exception|Rejection)(?: \[[A-Z][A-Z0-9_]{0,60}\])?: /

/** The text without what its errors quote: the same text when there is nothing of the kind. */
export function withoutTold(text: string): string {
  if (text.length > textCharsMax) return text
  const shown = withoutTyped(text) ?? withoutKnown(text)
  return shown ?? withoutQuoted(text)
}

/** True for a text in which a type of error stands before a message. */
export function tellsError(text: string): boolean {
  return (text.includes('Error') || text.includes('Exception') || text.includes('Rejection')) && typed.test(text)
}

/** A type and its message, to the end of the text. */
function withoutTyped(text: string): string | undefined {
  if (!tellsError(text)) return undefined
  const found = typed.exec(text)
  if (found === null) return undefined
  const from = found.index + found[0].length
  const said = text.slice(from).trim()
  if (said === withheldMessage || said === '') return text
  return text.slice(0, from) + (withoutKnown(said) ?? withheldMessage)
}

/** The words of a library, at the start of the text or behind a mark, up to its end. */
function withoutKnown(text: string): string | undefined {
  let from = 0
  places.lastIndex = 0
  for (let i = 0; i <= placesMax; i++) {
    const rest = from === 0 ? text : text.slice(from)
    const said = messageWithoutInput(rest) ?? ofEngine(rest)
    if (said !== undefined) return text.slice(0, from) + said
    if (places.exec(text) === null) return undefined
    from = places.lastIndex
  }
  return undefined
}

/** What the engine says of an expression, which it quotes first. */
const engine =
  /^(?!\* )[^\n]{1,400}? (is not a function|is not a constructor|is not iterable|is not async iterable|could not be cloned\.)$/

function ofEngine(text: string): string | undefined {
  const said = engine.exec(text)?.[1]
  return said === undefined ? undefined : `* ${said}`
}

const trouble =
  /\b(?:cannot|can't|could not|unable|fail(?:s|ed|ure)?|invalid|illegal|unknown|unexpected|unsupported|unrecognized|denied|expected|not found|no such|already exists|duplicate|refused|rejected|forbidden)\b/i
const quotes =
  /(?<![\p{L}\p{N}\]\\])(?:'[^'\n]{1,200}'|"[^"\n]{1,200}"|`[^`\n]{1,200}`|«[^»\n]{1,200}»)(?![\p{L}\p{N}])/gu
/** Words of a program, not of its users. */
const plain = /^(?:[a-z_-]{1,24}|\[[a-z -]{1,24}(?: \d{1,8} B)?\])$/
const beforeQuote = 120

/** What is said of the piece before it: `"x" is not allowed`. */
const troubleBehind =
  /^ (?:is not allowed|is not valid|is not supported|is not in |is invalid|is unknown|not found|was not found|does not exist|already exists|could not )/

/** Quoted pieces that stand behind words of trouble; `user clicked 'Save'` keeps its own. */
function withoutQuoted(text: string): string {
  const first = trouble.exec(text)?.index ?? (text.includes(' is ') ? text.length : undefined)
  if (first === undefined) return text
  return text.replace(quotes, (whole, at: number) => {
    if (plain.test(whole.slice(1, -1))) return whole
    const end = at + whole.length
    if (troubleBehind.test(text.slice(end, end + 24))) return `${whole[0]}[input]${whole.at(-1)}`
    if (at < first || !trouble.test(text.slice(Math.max(0, at - beforeQuote), at))) return whole
    return `${whole[0]}[input]${whole.at(-1)}`
  })
}

/** Behind these stands what somebody gave. */
const given = /\b(?:value|for|user|key|input|got|received)(?:: ?|=| )(?=[^\s[])/gi
/** Words of a program, small numbers with a unit, and ids that say nothing. */
const harmless =
  /^(?:[a-z]{1,24}|\d{1,6}(?:ms|s|m|h|%)?|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[A-Z][A-Z0-9]{1,20}(?:_[A-Z0-9]{1,20}){0,6})$/
const wordCharsMax = 256

/** What errors say under names for it: `no bed for Ann7` is `no bed for [input]`. For texts that quotes were taken from. */
export function withoutGiven(text: string): string {
  given.lastIndex = 0
  let shown = ''
  let done = 0
  for (let found = given.exec(text); found !== null; found = given.exec(text)) {
    const from = found.index + found[0].length
    const word = /^[^\s,;)\]]{1,256}/.exec(text.slice(from, from + wordCharsMax))?.[0].replace(/[.:!?]$/, '') ?? ''
    if (word === '' || word === '*' || harmless.test(word) || /^['"`«]\[input\]/.test(word)) continue
    shown += `${text.slice(done, from)}[input]`
    done = from + word.length
    given.lastIndex = done
  }
  return done === 0 ? text : shown + text.slice(done)
}
