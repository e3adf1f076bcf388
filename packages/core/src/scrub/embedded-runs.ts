/**
 * Runs of characters that spell a text: base64 at any alignment, hexadecimal, lists of bytes. A run that reads as text says
 * something, so it goes; a run that reads as noise is an id or a digest, so it stays.
 */
import { placeholderAt, withheld } from './detect-context.ts'
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
  return hideByteLists(text, opening)
    .replace(bufferText, (match) => hide('bytes', match))
    .replace(hexPairs, (match) => hide('bytes', match))
    .replace(runs, (match, offset: number, whole: string) => {
      if (placeholderAt(whole, offset - 1) > 0) return match
      if (spellsHex(match)) return hide('hex', match)
      return spellsBase64(match) ? hide('base64', match) : match
    })
}

/** The text with lists of bytes that spell a text replaced; also for JSON that was written anew. */
export function hideByteLists(text: string, opening: Opening): string {
  work.characters += text.length
  return text.replace(byteLists, (match) => {
    if (!spellsBytes(match)) return match
    opening.removed('bytes')
    return withheld('bytes', match)
  })
}

export const runs = /[A-Za-z0-9+/_-]{12,}={0,2}/g
export const byteLists = /\d{1,3}(?:, {0,1}\d{1,3}){5,}/g
export const bufferText =
  /<(?:Buffer|SharedBuffer)(?: [0-9a-f]{2}){1,64}(?: \.\.\. \d{1,12} more bytes)?>|(?:Uint8Array|ArrayBuffer)\(\d{1,9}\) \[[\d,\s]{0,65536}\]?/g
export const hexPairs =
  /(?<![\w:-])(?:[0-9A-Fa-f]{2}[ :]){7,}[0-9A-Fa-f]{2}(?![\w:-])|(?:\\x[0-9A-Fa-f]{2}){6,}|(?:0x[0-9A-Fa-f]{2}, ?){5,}0x[0-9A-Fa-f]{2}/g

function spellsBytes(list: string): boolean {
  const bytes = list.split(/, ?/).map(Number)
  return bytes.every((byte) => byte <= 255) && isText(Buffer.from(bytes), 6)
}

/** Twelve digits at least that read as printable text; digits alone are a number. */
function spellsHex(run: string): boolean {
  if (!/^[0-9A-Fa-f]{12,}$/.test(run) || !/[A-Fa-f]/.test(run)) {
    return /^(?:0x)?(?:3[0-9]){13,19}$/.test(run)
  }
  if (run.length > 256) return true
  const even = run.length % 2 === 0 ? run : run.slice(1)
  return isText(Buffer.from(even, 'hex'), 6) || isText(Buffer.from(run.slice(1), 'hex'), 6)
}

/** Reads as text from one of the four places a cut may have left. */
function spellsBase64(run: string): boolean {
  const bare = run.replace(/={1,2}$/, '')
  if (bare.length > noiseCharsMax && !isPathLike(run)) return true
  // Words of a program or path decode too, to bytes that are no text.
  for (let cut = 0; cut < 4; cut++) {
    const bytes = Buffer.from(bare.slice(cut), 'base64')
    work.characters += bare.length
    if (isText(bytes, 8) || hasTextWithin(bytes)) return true
  }
  return false
}

const isPathLike = (run: string) => (run.match(/[/_-]/g) ?? []).length * 16 > run.length

/** Only printable ASCII or well-formed UTF-8 letters, and letters among it. */
function isText(bytes: Buffer, min: number): boolean {
  if (bytes.length < min) return false
  let letters = 0
  let wide = false
  for (const byte of bytes) {
    if (byte > 127) wide = true
    else if (byte < 32 ? byte !== 9 && byte !== 10 && byte !== 13 : byte === 127) return false
    if ((byte | 32) >= 97 && (byte | 32) <= 122) letters += 1
    else if (byte >= 48 && byte <= 57) letters += 1
  }
  if (wide) {
    const text = bytes.toString('utf8').replace(/\ufffd{1,3}$/, '')
    if (text.includes('\ufffd')) return false
    letters = (text.match(/[\p{L}\p{N}]/gu) ?? []).length
    return letters * 2 >= text.length
  }
  return letters * 2 >= bytes.length
}

/** Sixteen printable characters in a row among noise: a message packed in something binary. */
function hasTextWithin(bytes: Buffer): boolean {
  let row = 0
  for (const byte of bytes) {
    row = byte >= 32 && byte < 127 ? row + 1 : 0
    if (row >= 16) return true
  }
  return false
}
