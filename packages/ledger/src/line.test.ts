import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bodyBytesMax,
  Chain,
  computedHash,
  emptyFrame,
  lineBytesMax,
  parseFrame,
  parseHead,
  statedHash,
} from './line.ts'

/** Any text a JSON writer can give, and the members it becomes. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
)
/** `n` and `d` are the frame's own: no record has members of these names. */
const anyMember = anyText.filter((name) => name !== 'n' && name !== 'd')
const anyBody = fc
  .dictionary(anyMember, fc.oneof(anyText, fc.double(), fc.bigInt().map(Number), fc.json()), { minKeys: 1 })
  .map((value) => JSON.stringify(value).slice(1, -1))

describe('a framed line', () => {
  it('is parsed back to its index, its claim and its body, for any Unicode and any number', () => {
    fc.assert(
      fc.property(anyBody, fc.maxSafeNat(), fc.nat(), (body, n, behind) => {
        const d = Math.max(-1, n - 1 - behind)
        const chain = new Chain(n, 'abcdefghijk')
        const line = chain.frame(d, body)
        const bytes = Buffer.from(`0123456789abcde\n${line}\n`)
        const frame = emptyFrame()
        const start = 16
        const end = bytes.length - 1
        expect(parseFrame(bytes, start, end, frame)).toBe(true)
        expect({ n: frame.n, d: frame.d }).toEqual({ n, d })
        expect(bytes.toString('utf8', frame.body, frame.bodyEnd)).toBe(body.toWellFormed())
        expect(computedHash(bytes, start, end, 'abcdefghijk')).toBe(statedHash(bytes, end))
        expect(chain).toMatchObject({ next: n + 1, last: statedHash(bytes, end) })
        expect(JSON.parse(line)).toMatchObject({ n, d })
      }),
    )
  })

  it('keeps lone surrogates, -0, 1e21 and 2^53 ± 1 as they were serialised', () => {
    const value = { lone: '\ud800', pair: '\ud83d\ude00', minus: -0, big: 1e21, up: 2 ** 53 + 1, down: 2 ** 53 - 1 }
    const body = JSON.stringify(value).slice(1, -1)
    const parsed: unknown = JSON.parse(new Chain(0, '').frame(-1, body))
    expect(parsed).toMatchObject({ ...value, minus: 0 })
  })

  it('carries the hash that FORMAT.md describes', () => {
    const chain = new Chain(0, '')
    const first = chain.frame(-1, '"a":1')
    const second = chain.frame(0, '"a":"é"')
    const expected = (previous: string, framed: string): string =>
      createHash('sha256')
        .update(previous + framed, 'utf8')
        .digest('base64url')
        .slice(0, 11)
    const h0 = expected('', '{"n":0,"d":-1,"a":1')
    const h1 = expected(h0, '{"n":1,"d":0,"a":"é"')
    expect([first, second]).toEqual([`{"n":0,"d":-1,"a":1,"h":"${h0}"}`, `{"n":1,"d":0,"a":"é","h":"${h1}"}`])
  })

  it('fits into 65,535 bytes with the longest body and the longest numbers', () => {
    const line = new Chain(Number.MAX_SAFE_INTEGER, 'abcdefghijk').frame(
      Number.MAX_SAFE_INTEGER - 1,
      'x'.repeat(bodyBytesMax),
    )
    expect(Buffer.byteLength(line)).toBe(lineBytesMax)
  })
})

describe('the parser', () => {
  it('never throws and never reads past the end, whatever the bytes', () => {
    const pieces = fc.constantFrom(
      '{"n":',
      ',"d":',
      '-1',
      '0',
      '12',
      '9007199254740993',
      ',',
      ',"h":"',
      'abcdefghijk',
      '"}',
      '"',
      '\n',
      'é',
    )
    const bytesOf = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
      fc.array(pieces, { maxLength: 12 }).map((list) => Buffer.from(list.join(''))),
    )
    fc.assert(
      fc.property(bytesOf, (line) => {
        const bytes = Buffer.concat([Buffer.alloc(16), line, Buffer.from('9,"h":"aaaaaaaaaaa"}')])
        const frame = emptyFrame()
        const end = 16 + line.length
        if (parseFrame(bytes, 16, end, frame)) {
          expect(frame.body).toBeLessThan(frame.bodyEnd)
          expect(frame.bodyEnd).toBeLessThan(end)
          expect(frame.d).toBeLessThan(frame.n)
          const again = `{"n":${frame.n},"d":${frame.d},${bytes.toString('latin1', frame.body, frame.bodyEnd)},"h":"${statedHash(bytes, end)}"}`
          expect(bytes.toString('latin1', 16, end)).toBe(again)
        }
        parseHead(bytes, 16, end, frame)
      }),
      { numRuns: 500 },
    )
  })

  const good = '{"n":12,"d":3,"a":1,"h":"abcdefghij_"}'
  const wrong: Record<string, string> = {
    'a leading zero': good.replace('12', '012'),
    'a claim at its own index': good.replace('"d":3', '"d":12'),
    'a claim of -2': good.replace('"d":3', '"d":-2'),
    'an index beyond 2^53': good.replace('12', '9007199254740993'),
    'an index without digits': good.replace('12', ''),
    'an empty body': good.replace(',"a":1', ''),
    'a space': good.replace(':12', ': 12'),
    'a hash of ten characters': good.replace('j_', '_'),
    'a hash of other characters': good.replace('j_', 'j+'),
    'no end': good.slice(0, -1),
    'something behind': `${good} `,
  }
  it.each(Object.entries(wrong))('refuses a line with %s', (_, line) => {
    const bytes = Buffer.from(line)
    expect(parseFrame(Buffer.from(good), 0, good.length, emptyFrame())).toBe(true)
    expect(parseFrame(bytes, 0, bytes.length, emptyFrame())).toBe(false)
  })

  it('refuses a line longer than 65,535 bytes', () => {
    const long = Buffer.from(good.replace('"a":1', `"a":"${'x'.repeat(lineBytesMax - good.length + 6)}"`))
    expect(parseFrame(long, 0, long.length, emptyFrame())).toBe(false)
  })
})
