/**
 * What stands before a place in a text: the name a value was given, or the words that say what a number is.
 */
import type { NameClass, Opening } from './scrubber.ts'

/** The name whose value begins at `at`: `card=4111…`, `"id": "…`, `x-id: …`; undefined when nothing is assigned there. */
export function nameBefore(text: string, at: number): string | undefined {
  // Most numbers stand behind a word: a look back is cheaper than an expression.
  let mark = at - 1
  while (mark >= 0 && at - mark < 12 && ' "\'`\\[({->'.includes(text.charAt(mark))) mark -= 1
  if (text.charCodeAt(mark) !== 58 && text.charCodeAt(mark) !== 61) return undefined
  const before = text.slice(Math.max(0, at - 88), at)
  return assigned.exec(before)?.[1]
}

const assigned = /([\p{L}\p{N}_.$[\]-]{1,64})\\{0,4}["'`]?[ ]{0,2}(?:=>|[:=])[ ]{0,2}\\{0,4}["'`]?[[({-]?$/u

/** The class of the name before a value; `free` when there is none. */
export function classBefore(text: string, at: number, opening: Opening): NameClass {
  const name = nameBefore(text, at)
  return name === undefined ? 'free' : opening.classify(name)
}

/** True when one of `words` stands in the 32 characters before `at`, with no other number between. */
export function saidBefore(text: string, at: number, words: RegExp): boolean {
  const before = text.slice(Math.max(0, at - 32), at)
  return words.test(before.slice(lastDigit(before) + 1))
}

function lastDigit(text: string): number {
  for (let i = text.length - 1; i >= 0; i--) {
    const code = text.charCodeAt(i)
    if (code >= 48 && code <= 57) return i
  }
  return -1
}

/** True for a letter or digit of ASCII, or `_`. */
export function isWord(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95
}

/** True when a word may begin at `at`: the start, behind a mark, or behind an escape such as `\n` or `%3D`. */
export function beginsWord(text: string, at: number): boolean {
  const code = text.charCodeAt(at - 1)
  if (at === 0 || !isWord(code)) return true
  return escapeBefore.test(text.slice(Math.max(0, at - 6), at))
}

const escapeBefore = /(?:\\[nrtbfv]|%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|=[0-9A-F]{2})$/

const placeholder =
  /^\[(?:secret|personal|email|card|iban|phone|ssn|ip|mac|jwt|token|url|host|key|hash|id|birthday|location|cookie|header|query|cvv|input|getter|circular|proxy|withheld [a-z-]{1,16} \d{1,12} B|withheld [a-z-]{1,16})\]/

/** The length of the placeholder that stands at `at`; 0 when there is none. */
export function placeholderAt(text: string, at: number): number {
  if (text.charCodeAt(at) !== 91) return 0
  return placeholder.exec(text.slice(at, at + 48))?.[0].length ?? 0
}

/** `[withheld json 312 B]`. */
export function withheld(kind: string, text: string): string {
  return `[withheld ${kind} ${Buffer.byteLength(text)} B]`
}
