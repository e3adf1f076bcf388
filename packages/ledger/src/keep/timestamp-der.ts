/**
 * As much of DER (ITU-T X.690) as timestamps and certificates need: one writer, and a reader that trusts nothing.
 *
 * The reader takes definite lengths in their shortest form and one-byte tags only, never looks beyond the bytes it was given, and
 * walks one level at a time, so that no input can make it deep or slow. What it refuses is a LedgerError.
 */
import { LedgerError } from '../errors.ts'

/** One element: its tag byte, what it holds, and all of its bytes. Both are views into the input. */
export interface Der {
  readonly tag: number
  readonly content: Uint8Array
  readonly bytes: Uint8Array
}

export const derTags = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  utcTime: 0x17,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** Elements in one container. A certificate store in a token has a handful; an attacker's has as many as fit. */
const elementsMax = 64

/** The one element these bytes are. Throws LEDGER_TIMESTAMP_MALFORMED for anything else. */
export function readDer(bytes: Uint8Array): Der {
  const der = elementAt(bytes)
  if (der.bytes.length !== bytes.length) throw malformed('bytes follow the end')
  return der
}

/** Walks the elements of a container in order. */
export class DerReader {
  #rest: Uint8Array

  /** Over the content of `der`, which must have this tag. */
  constructor(der: Der, tag: number) {
    this.#rest = contentOf(der, tag)
  }

  get done(): boolean {
    return this.#rest.length === 0
  }

  /** The next element, whatever it is, or with this tag. */
  next(tag?: number): Der {
    const der = elementAt(this.#rest)
    if (tag !== undefined) contentOf(der, tag)
    this.#rest = this.#rest.subarray(der.bytes.length)
    return der
  }

  /** The next element if it has this tag. */
  optional(tag: number): Der | undefined {
    return this.#rest[0] === tag ? this.next(tag) : undefined
  }

  /** Every element up to the end. */
  rest(): Der[] {
    const all: Der[] = []
    while (!this.done) {
      if (all.length === elementsMax) throw malformed(`more than ${elementsMax} elements stand in one place`)
      all.push(this.next())
    }
    return all
  }

  /** Nothing may follow. */
  end(): void {
    if (!this.done) throw malformed('something follows that has no place here')
  }
}

/** An object identifier in dots. */
export function readOid(der: Der): string {
  const content = contentOf(der, derTags.oid)
  if (content.length === 0 || content.length > 64 || (content.at(-1) ?? 0x80) >= 0x80)
    throw malformed('an identifier has no end')
  const arcs: bigint[] = []
  let arc = 0n
  let begins = true
  for (const byte of content) {
    if (begins && byte === 0x80) throw malformed('an identifier begins with nothing')
    arc = arc * 128n + BigInt(byte % 128)
    begins = byte < 0x80
    if (!begins) continue
    arcs.push(arc)
    arc = 0n
  }
  const [first = 0n, ...others] = arcs
  const top = first < 80n ? first / 40n : 2n
  return [top, first - top * 40n, ...others].join('.')
}

/** The bytes of an integer: two's complement, as short as it can be, never none. */
export function readInteger(der: Der): Uint8Array {
  const content = contentOf(der, derTags.integer)
  const [first, second] = content
  if (first === undefined) throw malformed('an integer is empty')
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)))
    throw malformed('an integer is longer than it has to be')
  return content
}

/** An integer from 0 to 2^31 - 1. */
export function readSmallInteger(der: Der): number {
  const content = readInteger(der)
  if (content.length > 4 || (content[0] ?? 0) >= 0x80) throw malformed('a number is out of bounds')
  return content.reduce((value, byte) => value * 256 + byte, 0)
}

export function readBoolean(der: Der): boolean {
  const content = contentOf(der, derTags.boolean)
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) throw malformed('a truth value is neither')
  return content[0] === 0xff
}

/** Milliseconds since 1970 of a GeneralizedTime or UTCTime in UTC; fractions below a millisecond are cut. */
export function readTime(der: Der): number {
  const text = Buffer.from(der.content).toString('latin1')
  const short = der.tag === derTags.utcTime
  if (!short && der.tag !== derTags.time) throw malformed(`tag ${der.tag} is no time`)
  const parts = (short ? utcTime : generalizedTime).exec(text)
  if (!parts) throw malformed('a time is not written as it should be')
  const [, year = '', month, day, hour, minute, second, fraction = ''] = parts
  const full = short ? `${Number(year) < 50 ? 20 : 19}${year}` : year
  const iso = `${full}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`
  const ms = Date.parse(iso)
  if (!Number.isFinite(ms) || new Date(ms).toISOString() !== iso) throw malformed('a time does not exist')
  return ms
}

/** An element with these contents, one after the other. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content])
  const length = Buffer.from(content.length.toString(16).padStart(8, '0'), 'hex')
  const digits = length.subarray(length.findIndex((byte) => byte !== 0))
  return Buffer.concat([Buffer.of(tag, 0x80 + digits.length), digits, content])
}

/** An object identifier from its dots. */
export function derOid(dotted: string): Buffer {
  const [top = 0, second = 0, ...others] = dotted.split('.').map(Number)
  const content = [top * 40 + second, ...others].flatMap((arc) => {
    const digits = [arc % 128]
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift((rest % 128) + 128)
    return digits
  })
  return der(derTags.oid, Buffer.from(content))
}

export function malformed(why: string): LedgerError {
  return new LedgerError('LEDGER_TIMESTAMP_MALFORMED', why)
}

const utcTime = /^([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z$/
const generalizedTime = /^([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})(?:\.([0-9]{1,9}))?Z$/

/** What an element holds that must have this tag. */
export function contentOf(der: Der, tag: number): Uint8Array {
  if (der.tag !== tag) throw malformed(`tag ${der.tag} stands where ${tag} should be`)
  return der.content
}

/** The element at the beginning of `bytes`. */
function elementAt(bytes: Uint8Array): Der {
  const [tag, length] = bytes
  if (tag === undefined || length === undefined) throw malformed('it ends too early')
  if ((tag & 0x1f) === 0x1f) throw malformed('a tag has more than one byte')
  let size = length
  let start = 2
  if (length >= 0x80) {
    const digits = length - 0x80
    if (digits < 1 || digits > 3) throw malformed('a length is open or too great')
    start += digits
    size = bytes.subarray(2, start).reduce((value, byte) => value * 256 + byte, 0)
    if (size < 0x80 || size < 256 ** (digits - 1)) throw malformed('a length is longer than it has to be')
  }
  if (start + size > bytes.length) throw malformed('it ends too early')
  return { tag, content: bytes.subarray(start, start + size), bytes: bytes.subarray(0, start + size) }
}
