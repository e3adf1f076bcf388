/**
 * Values behind words that promise a secret, without a mark between: `password is x`, `apiKey "x"`, `--password x`,
 * `token x91…`. How random a value looks counts only here; everywhere else random text is an id somebody needs.
 */
import { beginsWord, isWord, placeholderAt } from './detect-context.ts'
import { work } from './linear-work.ts'
import type { Opening } from './scrubber.ts'

/** Stems of words for secrets, as messages use them; the name rules then judge the whole word. */
export const stems =
  /pass|pwd|secret|token|credential|api[ _-]?key|apikey|access[ _-]?key|private[ _-]?key|signing[ _-]?key|\botp\b|\bpin\b|\bcvv2?\b|\bcvc2?\b|\bkey\b|kennwort|contrase|clave|senha|parola|\u043f\u0430\u0440\u043e\u043b|wachtwoord|has\u0142o|l\u00f6senord|\u5bc6\u7801|\u5bc6\u78bc|\u30d1\u30b9\u30ef\u30fc\u30c9|\ube44\ubc00\ubc88\ud638/gi

/** An option of a command line with its value behind a space. */
export const options = /(?<!\S)--?([A-Za-z][\w-]{0,40}) {1,3}(?=[^\s-])/g

/** The text with the values behind such words replaced by `[secret]`. */
export function hidePromised(text: string, hasOption: boolean, opening: Opening): string {
  work.characters += text.length
  const told = hasOption ? replaceBehind(text, options, optionValue, opening) : text
  return replaceBehind(told, stems, wordValue, opening)
}

interface Span {
  readonly start: number
  readonly end: number
}
type FindValue = (text: string, match: RegExpExecArray, opening: Opening) => Span | undefined

function replaceBehind(text: string, words: RegExp, find: FindValue, opening: Opening): string {
  words.lastIndex = 0
  let out = ''
  let done = 0
  for (let match = words.exec(text); match !== null; match = words.exec(text)) {
    if (match.index < done) continue
    const span = find(text, match, opening)
    if (span === undefined || span.end <= span.start || placeholderAt(text, span.start) > 0) continue
    out += `${text.slice(done, span.start)}[secret]`
    opening.removed('promised')
    done = span.end
    words.lastIndex = Math.max(done, match.index + 1)
  }
  return done === 0 ? text : out + text.slice(done)
}

function optionValue(text: string, match: RegExpExecArray, opening: Opening): Span | undefined {
  const [whole, name = ''] = match
  const start = match.index + whole.length
  if (name !== 'p' && opening.classify(name) !== 'secret') return undefined
  const span = valueAt(text, start)
  return name === 'p' && /^\d{1,5}(?::\d{1,5})?$/.test(text.slice(span.start, Math.min(span.end, span.start + 12)))
    ? undefined
    : span
}

const linking =
  /^(?:["'`], {0,2}(?=["'`]))|^";s:\d{1,9}:(?=")|^["'`)\]]{0,2}[ \t]{1,3}(?:(?:is|was|are|=|equals|set to|changed to|reset to|of|ist|lautet|war|es|est|era|\u00e8|\u00e9|\u2014|\u2013|-|->|=>|\u2192)[ ]{1,3})?/
const said =
  /^["'`)\]]{0,2}[ ]{1,3}(?:is|was|equals|set to|changed to|reset to|ist|lautet|war|est|->|=>|\u2192)[ ]{1,3}/

function wordValue(text: string, match: RegExpExecArray, opening: Opening): Span | undefined {
  let end = match.index + match[0].length
  // The rest of the word: `pass|word`, `token|Value`.
  while (end < text.length && end - match.index < 64 && isWord(text.charCodeAt(end))) end += 1
  let start = match.index
  while (start > 0 && match.index - start < 64 && isWord(text.charCodeAt(start - 1))) start -= 1
  const word = text.slice(start, end)
  const behind = text.slice(end, end + 24)
  const link = linking.exec(behind)
  if (link === null || !beginsWord(text, start)) return undefined
  const isKey = word.toLowerCase() === 'key'
  if (!isKey && opening.classify(word) !== 'secret') return undefined
  if (isKey && opening.classify(text.slice(Math.max(0, start - 12), end).trim()) !== 'secret') return undefined
  const from = end + link[0].length
  const span = valueAt(text, from)
  const value = text.slice(span.start, Math.min(span.end, span.start + 256))
  const quoted = span.start > from
  const isSaid = said.test(behind)
  if (quoted) return /^\s|^[.,;:]/.test(value) ? undefined : span
  if (isSaid) return prose.test(value) ? undefined : span
  return looksRandom(value) ? span : undefined
}

/** What messages say of secrets. */
const prose =
  /^(?:invalid|required|missing|expired|expiring|not|no|too|incorrect|wrong|empty|valid|malformed|null|undefined|unset|set|a|an|the|being|used|longer|short|shorter|weak|strong|ok|okay|revoked|unknown|needed|present|absent|stored|sent|changed|reset|same|different|refreshed|rotated|created|deleted|found|ignored|accepted|rejected|denied|never|still|already|now|only|correct|mandatory|optional|encrypted|hashed|disabled|enabled|blocked|locked|blank|updated|removed|replaced|issued|signed|verified|bad|unsupported|allowed|forbidden|supported|available|unavailable|in|on|at|by|for|from|with|without|as|to|and|or|but|about|hidden|masked|redacted|what|your|my|our|their|this|that|one|active|inactive|new|old|up|out|nil|none|true|false|ung\u00fcltig|falsch|abgelaufen|inv\u00e1lid[ao]|incorrect[ao])(?:[.,;:!?)]{0,3})$/i

/** A quoted value, or the next word. */
function valueAt(text: string, from: number): Span {
  const quote = text.charAt(from)
  if (quote === '"' || quote === "'" || quote === '`') {
    const close = text.indexOf(quote, from + 1)
    return { start: from + 1, end: close < 0 ? text.length : close }
  }
  let end = from
  while (end < text.length && !/[\s"'`<>]/.test(text.charAt(end))) end += 1
  work.characters += end - from
  while (end > from && /[.,;:!?)]/.test(text.charAt(end - 1))) end -= 1
  return { start: from, end }
}

/** No word of a language and no small number: digits with letters, marks within, or capitals within. */
function looksRandom(value: string): boolean {
  if (value.length < 4 || /^\[|^[A-Za-z]{1,24}[.,;:]?$|^[\d.,:%]{1,3}$/.test(value)) return false
  if (/^[\d.,:%-]{1,24}$/.test(value)) return /^\d{4,24}$/.test(value)
  if (/^[A-Za-z]{1,24}(?:['/-][A-Za-z]{1,24}){1,4}$/.test(value)) return false
  return /\d/.test(value) || /[!@#$%^&*+=~?]/.test(value)
}
