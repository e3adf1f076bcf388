/** Headers of 64 KB, made to be expensive: the work is counted in characters looked at, so the answer does not depend on the machine. */
import { describe, expect, it } from 'vitest'
import { readBaggage } from './baggage.ts'
import { isRequestId } from './request-id.ts'
import { parseTraceparent } from './traceparent.ts'
import { readTracestate } from './tracestate.ts'

/** Characters that `work` looks at through the methods of strings. */
function charactersSeen(work: () => unknown): number {
  const { charCodeAt, indexOf, slice } = String.prototype
  let seen = 0
  String.prototype.charCodeAt = function (at) {
    seen++
    return charCodeAt.call(this, at)
  }
  String.prototype.indexOf = function (text, from = 0) {
    const found = indexOf.call(this, text, from)
    seen += (found === -1 ? this.length : found) - from + 1
    return found
  }
  String.prototype.slice = function (from, to) {
    const cut = slice.call(this, from, to)
    seen += cut.length
    return cut
  }
  try {
    work()
    return seen
  } finally {
    Object.assign(String.prototype, { charCodeAt, indexOf, slice })
  }
}

const patterns: readonly (readonly [string, (chars: number) => string])[] = [
  ['one letter', (chars) => 'a'.repeat(chars)],
  ['blanks', (chars) => ' '.repeat(chars)],
  ['commas', (chars) => ','.repeat(chars)],
  ['blanks and commas', (chars) => ' ,'.repeat(chars / 2)],
  ['members', (chars) => 'a=b,'.repeat(chars / 4)],
  ['members without a value', (chars) => 'a,'.repeat(chars / 2)],
  ['members that are long', (chars) => `${'k'.repeat(200)}=${'v'.repeat(200)},`.repeat(chars / 402)],
  ['properties', (chars) => `a=b${';c'.repeat(chars / 2)}`],
  ['semicolons', (chars) => `a=b${';'.repeat(chars)}`],
  ['equals signs', (chars) => `a${'='.repeat(chars)}`],
  ['blanks before a sign', (chars) => `a=b${' '.repeat(chars)}x`],
  ['many bad members and a late semicolon', (chars) => `${'a ,'.repeat(chars / 3)};`],
  ['a future traceparent', (chars) => `01-${'a'.repeat(32)}-${'b'.repeat(16)}-01-${'x'.repeat(chars)}`],
  ['a traceparent in blanks', (chars) => `${' '.repeat(chars)}00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`],
  ['nul', (chars) => '\u0000'.repeat(chars)],
]

const readers = { readBaggage, readTracestate, parseTraceparent, isRequestId }

describe.each(Object.entries(readers))('%s', (_, read) => {
  it.each(patterns)('looks at each character of 64 KB a few times at most: %s', (_pattern, make) => {
    for (const chars of [8_000, 16_000, 32_000, 64_000]) {
      const header = make(chars)
      expect(charactersSeen(() => read(header))).toBeLessThanOrEqual(6 * header.length + 200)
    }
  })
})

it('counts what a parser looks at', () => {
  expect(charactersSeen(() => readTracestate('foo=1'))).toBeGreaterThanOrEqual(5)
})
