/**
 * Errors told in texts: `err.message`, `` `save failed: ${err}` ``, `String(err)`. Of a message that a library made its own words
 * stay; of one behind a type that is not known nothing stays; elsewhere what errors quote goes.
 */
import { messageWithoutInput } from './templates.ts'

export const withheldMessage = '[withheld message]'
const textCharsMax = 4_096
/** Behind these a message may begin. */
const places = /: | - |failed /g
const placesMax = 5

/** `TypeError: …`, `Error [ERR_X]: …`, also behind other words. */
const typed =
  /(?:^|[\s:['"`(])(?:[A-Z][A-Za-z0-9]{0,60})?(?:Error|Exception|Rejection)(?: \[[A-Z][A-Z0-9_]{0,60}\])?: (?=\S)/

/** The text without what its errors quote: the same text when there is nothing of the kind. */
export function withoutTold(text: string): string {
  if (text.length > textCharsMax) return text
  const shown = withoutTyped(text) ?? withoutKnown(text)
  return shown ?? withoutQuoted(text)
}

/** A type and its message, to the end of the text. */
function withoutTyped(text: string): string | undefined {
  if (!text.includes('Error') && !text.includes('Exception') && !text.includes('Rejection')) return undefined
  const found = typed.exec(text)
  if (found === null) return undefined
  const from = found.index + found[0].length
  const said = text.slice(from)
  if (said === withheldMessage) return text
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

/** Quoted pieces that stand behind words of trouble; `user clicked 'Save'` keeps its own. */
function withoutQuoted(text: string): string {
  const first = trouble.exec(text)
  if (first === null) return text
  return text.replace(quotes, (whole, at: number) => {
    if (at < first.index || plain.test(whole.slice(1, -1))) return whole
    if (!trouble.test(text.slice(Math.max(0, at - beforeQuote), at))) return whole
    return `${whole[0]}[input]${whole.at(-1)}`
  })
}
