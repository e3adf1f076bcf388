/**
 * Proof, from its bytes alone, that a line of JSON would come back as it is; most lines of most services are such lines.
 *
 * One pass reads the line as compact JSON without escapes, without anything beyond ASCII and without lists. A member is proven
 * when its value is a small number, a word of JSON, or a string of a shape no rule touches, under a name that hides nothing in
 * its place; or when exactly this name and value were scrubbed in this place before and came back unchanged. Whatever is not
 * proven takes the long way, which is the only one that decides.
 */
import type { Scrubber } from './scrubber.ts'
import { type Known, KnownTable } from './stream-known.ts'
import { isHarmlessShape } from './stream-shape.ts'

const lineBytesMax = 4_096
const membersMax = 100
const depthMax = 5
const stringBytesMax = 200
/** New pairs tried in one line: lines full of new values are scrubbed once, not once for each value. */
const triesMax = 6

export class LineProof {
  readonly #scrubber: Scrubber
  readonly #names = new KnownTable()
  readonly #pairs = new KnownTable()
  #at = 0
  #members = 0
  #tries = 0

  constructor(scrubber: Scrubber) {
    this.#scrubber = scrubber
  }

  /** True when the bytes from `start` to `end` need no change. False says nothing. */
  proves(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start > lineBytesMax || bytes[start] !== 123) return false
    this.#at = start
    this.#members = 0
    this.#tries = 0
    return this.#object(bytes, end, 1, undefined) && this.#at === end
  }

  #object(bytes: Uint8Array, end: number, depth: number, around: Known | undefined): boolean {
    this.#at += 1
    if (depth > depthMax || bytes[this.#at] === 125) return false
    for (;;) {
      this.#members += 1
      const start = this.#at
      if (this.#members > membersMax || bytes[start] !== 34 || !this.#string(bytes, end) || bytes[this.#at] !== 58)
        return false
      const name = this.#name(bytes, start, this.#at, around)
      this.#at += 1
      if (!name.harmless || !this.#value(bytes, end, depth, start, name)) return false
      const mark = bytes[this.#at]
      this.#at += 1
      if (mark === 125) return true
      if (mark !== 44) return false
    }
  }

  /** Moves behind a string of printable ASCII. */
  #string(bytes: Uint8Array, end: number): boolean {
    const highest = Math.min(end, this.#at + stringBytesMax)
    for (let i = this.#at + 1; i < highest; i++) {
      const byte = bytes[i] ?? 0
      if (byte === 34) {
        this.#at = i + 1
        return true
      }
      if (byte < 32 || byte > 126 || byte === 92) return false
    }
    return false
  }

  #value(bytes: Uint8Array, end: number, depth: number, nameStart: number, name: Known): boolean {
    const start = this.#at
    const byte = bytes[start] ?? 0
    if (byte === 34)
      return (
        this.#string(bytes, end) &&
        ((name.shapes && isHarmlessShape(bytes, start + 1, this.#at - 1)) || this.#pair(bytes, nameStart, start, name))
      )
    if (byte === 123) return this.#object(bytes, end, depth + 1, name)
    if (byte === 45 || isDigit(byte)) return this.#number(bytes)
    return words.some((word) => {
      if (!word.every((one, i) => bytes[start + i] === one)) return false
      this.#at = start + word.length
      return true
    })
  }

  /** Eleven digits at most, or thirteen that begin as a time in milliseconds does: no card is that short or begins so. */
  #number(bytes: Uint8Array): boolean {
    let i = this.#at
    if (bytes[i] === 45) i += 1
    const first = i
    while (isDigit(bytes[i] ?? 0)) i += 1
    const whole = i - first
    if (whole === 0 || (bytes[first] === 48 && (whole > 1 || i === this.#at + 2))) return false
    if (whole > 11 && !(whole === 13 && bytes[first] === 49)) return false
    if (bytes[i] === 46) {
      const fraction = i + 1
      i = fraction
      while (isDigit(bytes[i] ?? 0)) i += 1
      if (i === fraction || i - fraction > 6 || whole > 9) return false
    }
    this.#at = i
    return true
  }

  /** Whether numbers, words, ids and times come back as they are under this name in this place. */
  #name(bytes: Uint8Array, start: number, end: number, around: Known | undefined): Known {
    const found = this.#names.find(bytes, start, end, around)
    if (found !== undefined) return found
    const name = Buffer.from(bytes.subarray(start + 1, end - 1)).toString('latin1')
    const returns = (sample: unknown) => this.#returnsAnywhere(name, sample, around)
    const harmless = name !== '__proto__' && name !== '' && !/^\d/.test(name) && plainSamples.every(returns)
    return this.#names.learn(bytes, start, end, around, name, harmless, harmless && shapedSamples.every(returns))
  }

  /** Whether exactly this value comes back under this name in this place, and gives no meaning to its neighbours. */
  #pair(bytes: Uint8Array, nameStart: number, start: number, name: Known): boolean {
    const found = this.#pairs.find(bytes, nameStart, this.#at, name)
    if (found !== undefined) return found.harmless
    this.#tries += 1
    if (this.#tries > triesMax) return false
    const value = Buffer.from(bytes.subarray(start + 1, this.#at - 1)).toString('latin1')
    const harmless =
      this.#returnsAnywhere(name.text, value, name.around) &&
      // `{ name: 'password', value: … }`: a value that names something hidden.
      (value === '' ||
        value === '__proto__' ||
        [...plainSamples, ...shapedSamples].every((sample) => this.#returns({ [value]: sample }, undefined)))
    return this.#pairs.learn(bytes, nameStart, this.#at, name, value, harmless).harmless
  }

  /** Also beside a person, whose neighbours may be data of that person: a `name` beside a `user`. */
  #returnsAnywhere(name: string, value: unknown, around: Known | undefined): boolean {
    return (
      this.#returns({ [name]: value }, around) &&
      (name === 'user' || this.#returns({ user: false, [name]: value }, around))
    )
  }

  /** Scrubs a value within the names around it. */
  #returns(value: unknown, around: Known | undefined): boolean {
    let whole = value
    for (let outer = around; outer !== undefined; outer = outer.around) whole = { [outer.text]: whole }
    return JSON.stringify(this.#scrubber.scrub(whole)) === JSON.stringify(whole)
  }
}

const isDigit = (byte: number) => byte >= 48 && byte <= 57
const words = ['true', 'false', 'null'].map((word) => Buffer.from(word))
/** One of each kind that is proven without its value being looked up. */
const plainSamples = [7, -1, 12.5, 42_424_242_424, 1_717_243_200_123, true, false, null]
const shapedSamples = [
  '2024-06-01T12:00:00.123Z',
  '4bf92f3577b34da6a3ce929d0e0e4736',
  '00f067aa0ba902b7',
  '550e8400-e29b-41d4-a716-446655440000',
]
