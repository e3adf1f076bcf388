import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LedgerError } from '../errors.ts'
import {
  type Der,
  DerReader,
  der,
  derOid,
  derTags,
  readBoolean,
  readDer,
  readInteger,
  readOid,
  readSmallInteger,
  readTime,
} from './timestamp-der.ts'

const malformed = expect.objectContaining({ code: 'LEDGER_TIMESTAMP_MALFORMED' })
const hex = (text: string): Der => readDer(Buffer.from(text.replaceAll(' ', ''), 'hex'))

/** What a call gives, or undefined for the one error it may throw. */
function attempt<T>(call: () => T): T | undefined {
  try {
    return call()
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'LEDGER_TIMESTAMP_MALFORMED') return undefined
    throw error
  }
}

describe('a DER element', () => {
  it('is read as it was written, whatever its length', () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536, 70_000]) {
      const content = Buffer.alloc(length, 7)
      const bytes = der(derTags.octets, content)
      expect(readDer(bytes)).toEqual({ tag: derTags.octets, content, bytes })
    }
  })

  it('has one encoding: whatever is read would be written the same', () => {
    const similar = fc.tuple(
      fc.constantFrom(0x02, 0x30, 0x80),
      fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0x81, 0x82, 0x83, 0xff),
      fc.uint8Array({ maxLength: 300 }),
    )
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      similar.map(([tag, length, rest]) => Uint8Array.of(tag, length, ...rest)),
    )
    fc.assert(
      fc.property(bytes, (one) => {
        const found = attempt(() => readDer(one))
        if (found) expect(der(found.tag, found.content)).toEqual(Buffer.from(one))
      }),
      { numRuns: 500 },
    )
  })

  it('is refused when it is cut off, too long, open or of a tag with more bytes', () => {
    for (const wrong of [
      '',
      '30',
      '3001',
      '300100 00',
      '3080 0000',
      '308101 00',
      '3082 0001 00',
      '3084 00000001 00',
      '1f 01 00',
      '30ff',
    ]) {
      expect(() => hex(wrong), wrong).toThrow(malformed)
    }
  })
})

describe('the reader of a container', () => {
  it('takes elements in order and refuses another tag, more than there is, and more than there should be', () => {
    const bytes = der(derTags.sequence, der(derTags.integer, Buffer.of(1)), der(derTags.null))
    const reader = new DerReader(readDer(bytes), derTags.sequence)
    expect(reader.optional(derTags.null)).toBeUndefined()
    expect(() => reader.next(derTags.null)).toThrow(malformed)
    expect(readSmallInteger(reader.next())).toBe(1)
    expect(() => reader.end()).toThrow(malformed)
    expect(reader.next().tag).toBe(derTags.null)
    reader.end()
    expect(() => reader.next()).toThrow(malformed)
    expect(() => new DerReader(readDer(bytes), derTags.set)).toThrow(malformed)
  })

  it('takes 64 elements and no more', () => {
    const many = (count: number): Der =>
      readDer(der(derTags.set, ...Array.from({ length: count }, () => der(derTags.null))))
    expect(new DerReader(many(64), derTags.set).rest()).toHaveLength(64)
    expect(() => new DerReader(many(65), derTags.set).rest()).toThrow(malformed)
  })
})

describe('values', () => {
  it('that are identifiers are read as dots', () => {
    const dotted = fc
      .tuple(fc.nat(2), fc.nat(39), fc.array(fc.nat(2 ** 31), { maxLength: 8 }))
      .map((parts) => parts.flat().join('.'))
    fc.assert(fc.property(dotted, (text) => readOid(readDer(derOid(text))) === text))
    expect(readOid(hex('0603 883703'))).toBe('2.999.3')
    expect(readOid(hex('0609 608648016503040201'))).toBe('2.16.840.1.101.3.4.2.1')
    for (const wrong of ['0600', '0601 80', '0602 2a80', '0603 2a8001', '0401 2a'])
      expect(() => readOid(hex(wrong)), wrong).toThrow(malformed)
  })

  it('that are numbers are read in their shortest form alone', () => {
    expect(['0201 00', '0201 7f', '0202 0080', '0204 7fffffff'].map((one) => readSmallInteger(hex(one)))).toEqual([
      0,
      127,
      128,
      2 ** 31 - 1,
    ])
    for (const wrong of ['0200', '0202 007f', '0202 ff80', '0201 80', '0205 0080000000', '0101 00']) {
      expect(() => readSmallInteger(hex(wrong)), wrong).toThrow(malformed)
    }
    expect(readInteger(hex('0202 ff7f'))).toEqual(Buffer.of(0xff, 0x7f))
    expect([readBoolean(hex('0101 00')), readBoolean(hex('0101 ff'))]).toEqual([false, true])
    for (const wrong of ['0100', '0101 01', '0102 ffff', '0201 00'])
      expect(() => readBoolean(hex(wrong)), wrong).toThrow(malformed)
  })

  it('that are times are read to the millisecond, in UTC alone, and have to exist', () => {
    const time = (tag: number, text: string) => {
      const ms = attempt(() => readTime(readDer(der(tag, Buffer.from(text)))))
      return ms === undefined ? undefined : new Date(ms).toISOString()
    }
    expect(time(derTags.time, '20260115100000Z')).toBe('2026-01-15T10:00:00.000Z')
    expect(time(derTags.time, '20240229235959.1234567Z')).toBe('2024-02-29T23:59:59.123Z')
    expect(time(derTags.utcTime, '491231235959Z')).toBe('2049-12-31T23:59:59.000Z')
    expect(time(derTags.utcTime, '500101000000Z')).toBe('1950-01-01T00:00:00.000Z')
    for (const wrong of [
      '20260229000000Z',
      '20261301000000Z',
      '20260101000060Z',
      '20260101000000',
      '20260101000000.Z',
      '2026010100Z',
      '',
    ]) {
      expect(time(derTags.time, wrong), wrong).toBeUndefined()
    }
    fc.assert(
      fc.property(fc.constantFrom(derTags.time, derTags.utcTime, derTags.null), fc.string(), (tag, text) => {
        time(tag, text)
      }),
    )
  })
})
