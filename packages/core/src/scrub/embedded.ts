/**
 * Spellings that hide a text from the rules: percent, `\uXXXX`, backslashes, entities, quoted-printable. The rules see the
 * text as it is; then as it would read, decoded until nothing changes. Only when they find something there is the decoded
 * form, scrubbed, what is written.
 */
import { work } from './linear-work.ts'

const roundsMax = 4

/** How the text reads once every spelling is undone; the text itself when there is none. */
export function decodedText(text: string): string {
  let read = text
  for (let round = 0; round < roundsMax; round++) {
    const next = undo(read)
    if (next === read) return read
    read = next
  }
  return read
}

/** The text with percent-encoding undone once. */
export function withoutPercent(text: string): string {
  work.characters += text.length
  return text.replace(percent, fromPercent)
}

function undo(text: string): string {
  work.characters += text.length * 5
  let read = text
  if (read.includes('%')) read = read.replace(percent, fromPercent)
  if (read.includes('\\')) read = read.replace(unicode, fromUnicode).replace(escapes, fromEscape)
  if (read.includes('&')) read = read.replace(entities, fromEntity)
  if (printed.test(read)) read = read.replace(softBreak, '').replace(quotedPrintable, fromQuoted)
  return read
}

export const percent = /(?:%[0-9A-Fa-f]{2}){1,4096}/g
export const unicode = /\\u\{([0-9A-Fa-f]{1,6})\}|\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})|%u([0-9A-Fa-f]{4})/g
export const escapes = /\\(["'`/\\nrt])/g
export const entities =
  /&(?:#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos|commat|colon|equals|nbsp|period));/g
/** An `@`, `=`, `:`, quote or umlaut as mail spells it, or its line break; `status=200` is none of them. */
const printed = /=(?:40|3D|3A|22|C[23]|\r?\n)/
const softBreak = /=\r?\n/g
export const quotedPrintable = /(?:=[2-9A-F][0-9A-F]){1,4096}/g

function fromPercent(match: string): string {
  return bytesToText(Buffer.from(match.replaceAll('%', ''), 'hex'))
}

function fromQuoted(match: string): string {
  return bytesToText(Buffer.from(match.replaceAll('=', ''), 'hex'))
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function bytesToText(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch {
    return bytes.toString('latin1')
  }
}

function fromUnicode(
  match: string,
  braced: string | undefined,
  four: string | undefined,
  two: string | undefined,
  old: string | undefined,
): string {
  const code = Number.parseInt(braced ?? four ?? two ?? old ?? '', 16)
  return code <= 0x10ffff ? (code > 0xffff ? String.fromCodePoint(code) : String.fromCharCode(code)) : match
}

function fromEscape(_match: string, character: string): string {
  return character === 'n' ? '\n' : character === 'r' ? '\r' : character === 't' ? '\t' : character
}

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  commat: '@',
  colon: ':',
  equals: '=',
  nbsp: ' ',
  period: '.',
}

function fromEntity(
  match: string,
  decimal: string | undefined,
  hexadecimal: string | undefined,
  name: string | undefined,
): string {
  if (name !== undefined) return named[name] ?? match
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal)
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : match
}
