/**
 * Runs of characters that spell a text: base64 at any alignment, hexadecimal, lists of bytes. A run that reads as text says
 * something, so it goes; a run that reads as noise is an id or a digest, so it stays.
 */
import { placeholderAt, withheld } from './detect-context.ts'
import { alphabet, replaceRuns } from './detect-runs.ts'
import { work } from './linear-work.ts'
import type { Opening } from './scrubber.ts'

/** Longer runs of noise are no digest any more: SHA-512 in base64 has 88 characters, a COSE or PGP key many more. */
const noiseCharsMax = 136

/** The text with runs that spell texts replaced by what they were and their size. */
export function hideSpelled(text: string, opening: Opening): string {
  work.characters += text.length * 4
  const hide = (kind: string, match: string) => {
    opening.removed(kind)
    return withheld(kind, match)
  }
  let shown = text.includes(',') ? hideByteLists(text, opening) : text
  if (shown.includes('<') || shown.includes('Array')) shown = shown.replace(bufferText, (match) => hide('bytes', match))
  if (pairMark.test(shown)) {
    const dumped = shown.replace(hexPairs, (match) => hide('bytes', match))
    // A dump has the text itself beside its bytes.
    shown = dumped === shown ? shown : dumped.replace(dumpColumn, '$1')
  }
  const spelled = replaceRuns(shown, runCharacters, 12, (match, offset) => {
    if (placeholderAt(shown, offset - 1) > 0) return match
    if (spellsHex(match.startsWith('0x') ? match.slice(2) : match)) return hide('hex', match)
    return spellsBase64(match) ? hide('base64', match) : match
  })
  return spelled === shown ? shown : spelled.replace(padded, '$1')
}

/** The text with lists of bytes that spell a text replaced; also for JSON that was written anew. */
export function hideByteLists(text: string, opening: Opening, inJson = false): string {
  work.characters += text.length
  return text.replace(byteLists, (match) => {
    if (!spellsBytes(match)) return match
    opening.removed('bytes')
    return inJson ? JSON.stringify(withheld('bytes', match)) : withheld('bytes', match)
  })
}

export const dumpColumn = /(\[withheld bytes \d{1,9} B\] {0,4})\|[^|\n]{1,64}(?:\||$)/g
const padded = /(\[withheld base64 \d{1,9} B\])(?:={1,2}|(?:%3D){1,2})/g
const runCharacters = alphabet(/[A-Za-z0-9+/_-]/)
const pairMark = /[0-9A-Fa-f]{2}([ :])[0-9A-Fa-f]{2}\1[0-9A-Fa-f]{2}\1[0-9A-Fa-f]{2}\1|\\x|0x/
export const byteLists = /\d{1,3}(?:, {0,1}\d{1,3}){5,}/g
export const bufferText =
  /<(?:Buffer|SharedBuffer)(?: [0-9a-f]{2}){1,64}(?: \.\.\. \d{1,12} more bytes)?>|(?:Uint8Array|ArrayBuffer)\(\d{1,9}\) \[[\d,\s]{0,65536}\]?/g
export const hexPairs =
  /(?<![\w:-])(?:[0-9A-Fa-f]{2}[ :]){7,}[0-9A-Fa-f]{2}(?![\w:-])|(?:\\x[0-9A-Fa-f]{2}){6,}|(?:0x[0-9A-Fa-f]{2}, ?){5,}0x[0-9A-Fa-f]{2}/g

function spellsBytes(list: string): boolean {
  const bytes = list.split(/, ?/).map(Number)
  return bytes.every((byte) => byte <= 255) && isText(Buffer.from(bytes), 6)
}

/** Digits in pairs that read as a text; digits alone are a number. */
function spellsHex(run: string): boolean {
  if (run.length > 13 && asciiDigits.test(run)) return true
  if (!hexadecimal.test(run)) return false
  if (!hexLetter.test(run)) {
    // Two dozen digits and more are no number of anything; they may be letters whose codes have none.
    const bytes = Buffer.from(run.slice(0, 512), 'hex')
    return run.length >= 40 ? isText(bytes, 6) : run.length >= 24 && isWords(bytes)
  }
  if (run.length > 256) return true
  // As long as an id or a digest: one in thousands of them is printable, so only words count.
  if (run.length === 16 || run.length === 24 || run.length === 32)
    return isWords(Buffer.from(run, 'hex')) || (run.length === 32 && isText(Buffer.from(run, 'hex'), 6, true))
  if (run.length === 40 || run.length === 64) return isText(Buffer.from(run, 'hex'), 6, true)
  const even = Buffer.from(run.length % 2 === 0 ? run : run.slice(1), 'hex')
  const odd = Buffer.from(run.slice(1), 'hex')
  return run.length < 34 ? isWords(even) || isWords(odd) : isText(even, 6) || isText(odd, 6)
}

const hexadecimal = /^[0-9A-Fa-f]{12,}$/
const hexLetter = /[A-Fa-f]/
/** A card number, each digit by its code. */
const asciiDigits = /^(?:0x)?(?:3[0-9]){13,19}$/

/** Reads as text from one of the four places a cut may have left. */
function spellsBase64(run: string): boolean {
  const bare = run.replace(/={1,2}$/, '')
  if (bare.length <= 64 && (plainRun.test(bare) || isCamelCase(bare))) return false
  if (bare.length > noiseCharsMax && !isPathLike(run)) return true
  // Words of a program or path decode too, to bytes that are no text.
  for (let cut = 0; cut < 4; cut++) {
    if (bare.length < 40 && !beginsPrintable(bare, cut)) continue
    const bytes = Buffer.from(bare.slice(cut), 'base64')
    work.characters += bare.length
    // Short runs are ids more often than not: random ones are printable, but no words.
    const reads = bare.length < 24 ? isWords(bytes) : isText(bytes, 8, bare.length < 32, bare.length < 32 ? 0.75 : 0.5)
    if (reads || (bare.length >= 40 && hasTextWithin(bytes))) return true
  }
  return false
}

/** Small letters with marks, and hexadecimal: base64 of a text has letters of both sizes. */
const plainRun = /^(?:[a-z_/-]{1,64}|[0-9a-f-]{1,64}|[0-9A-F-]{1,64}|[A-Z_/-]{1,64})$/

/** `CreateAccessKey`, `emailTemplate`: letters alone, in pieces of some length. */
function isCamelCase(run: string): boolean {
  return camelCase.test(run) && run.replace(/[^A-Z]/g, '').length * 4 <= run.length + 3
}

const camelCase = /^(?:[A-Z]{1,5}|[A-Z]?[a-z]{2,24})(?:[A-Z]{1,5}[a-z]{0,24}){0,8}$/

const sextets = new Map(
  [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].map((character, i) => [character, i]),
)
sextets.set('-', 62).set('_', 63)

/** Whether the first three bytes could be text: most runs end here. */
function beginsPrintable(run: string, cut: number): boolean {
  const [a, b, c, d] = [0, 1, 2, 3].map((i) => sextets.get(run.charAt(cut + i)) ?? 0)
  const bytes = [
    ((a ?? 0) << 2) | ((b ?? 0) >> 4),
    (((b ?? 0) & 15) << 4) | ((c ?? 0) >> 2),
    (((c ?? 0) & 3) << 6) | (d ?? 0),
  ]
  return bytes.every((byte) => (byte >= 32 && byte !== 127) || byte === 9 || byte === 10 || byte === 13)
}

const isPathLike = (run: string) => (run.match(/[/_-]/g) ?? []).length * 16 > run.length

/** Only printable ASCII or well-formed UTF-8 letters, and letters among it: half of it, or `share`. */
function isText(bytes: Buffer, min: number, plain = false, share = 0.5): boolean {
  if (bytes.length < min) return false
  let letters = 0
  let wide = false
  for (const byte of bytes) {
    if (byte > 127) wide = true
    else if (byte < 32 ? byte !== 9 && byte !== 10 && byte !== 13 : byte === 127) return false
    if ((byte | 32) >= 97 && (byte | 32) <= 122) letters += 1
    else if (byte >= 48 && byte <= 57) letters += 1
  }
  if (wide && plain) return false
  if (wide) {
    const text = bytes.toString('utf8').replace(/\ufffd{1,3}$/, '')
    if (text.includes('\ufffd') || /[\p{Cc}\p{Cn}\p{Co}]/u.test(text.replace(/[\t\r\n]/g, ''))) return false
    letters = (text.match(/[\p{L}\p{N}]/gu) ?? []).length
    return letters * 2 >= text.length
  }
  return letters >= bytes.length * share
}

/** Small letters for the most part, and nothing but what words, names and addresses have. */
function isWords(bytes: Buffer): boolean {
  if (bytes.length < 6) return false
  // Capitals only where words begin.
  const text = bytes.toString('latin1').replace(/ [A-Z]/g, ' a')
  if (!words.test(text)) return false
  const small = text.replace(/[^a-z]/g, '').length
  // Six letters come up by chance in a million ids; eight do not.
  return bytes.length <= 8 ? small === bytes.length : small * 10 >= bytes.length * 6
}

const words = /^[A-Z]?[a-z0-9 .@_-]{1,256}[!?]?$/

/** Sixteen printable characters in a row among noise: a message packed in something binary. */
function hasTextWithin(bytes: Buffer): boolean {
  let row = 0
  for (const byte of bytes) {
    row = byte >= 32 && byte < 127 ? row + 1 : 0
    if (row >= 16) return true
  }
  return false
}
