import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineBytesMax } from './line.ts'
import { LineSplitter } from './line-splitter.ts'

interface Seen {
  text: string
  offset: number
  tooLong: boolean
}

function split(file: Buffer, chunk: number, from = 0): { lines: Seen[]; rest: number; position: number } {
  const splitter = new LineSplitter(from, chunk)
  const lines: Seen[] = []
  for (let at = from; at < file.length; ) {
    const room = splitter.room()
    expect(splitter.position).toBe(at)
    const count = file.copy(
      splitter.bytes,
      room,
      at,
      Math.min(file.length, at + Math.min(chunk, splitter.bytes.length - room)),
    )
    splitter.feed(count, (start, end, offset, tooLong) => {
      expect(start).toBeGreaterThanOrEqual(16)
      lines.push({ text: splitter.bytes.toString('latin1', start, end), offset, tooLong })
      splitter.bytes.fill(0xff, start - 11, start)
    })
    at += count
  }
  return { lines, rest: splitter.rest, position: splitter.position }
}

describe('a line splitter', () => {
  it('finds the lines and their places however the file is cut into chunks', () => {
    const text = fc
      .array(fc.constantFrom('', 'a', 'bc', 'déf', '{"n":0}'), { maxLength: 30 })
      .map((lines) => lines.join('\n'))
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 40 }), (content, chunk) => {
        const file = Buffer.from(content)
        const expected: Seen[] = []
        let offset = 0
        const parts = file.toString('latin1').split('\n')
        for (const part of parts.slice(0, -1)) {
          expected.push({ text: part, offset, tooLong: false })
          offset += part.length + 1
        }
        expect(split(file, chunk)).toEqual({ lines: expected, rest: offset, position: file.length })
      }),
    )
  })

  it('passes over a line that is too long and finds the one behind it, in a buffer that does not grow', () => {
    const long = 'x'.repeat(lineBytesMax * 5)
    for (const chunk of [1000, 65_536, 1 << 20]) {
      const { lines } = split(Buffer.from(`a\n${long}\nb\n`), chunk)
      expect(lines).toEqual([
        { text: 'a', offset: 0, tooLong: false },
        { text: '', offset: 2, tooLong: true },
        { text: 'b', offset: long.length + 3, tooLong: false },
      ])
    }
  })

  it('takes a line of exactly 65,535 bytes, and not one of 65,536', () => {
    for (const [length, tooLong] of [
      [lineBytesMax, false],
      [lineBytesMax + 1, true],
    ] as const) {
      expect(split(Buffer.from(`${'x'.repeat(length)}\n`), 1 << 17).lines[0]?.tooLong).toBe(tooLong)
    }
  })

  it('knows where an unfinished line that is too long began', () => {
    const { lines, rest, position } = split(Buffer.from(`a\n${'x'.repeat(lineBytesMax * 3)}`), 10_000)
    expect({ count: lines.length, rest, position }).toEqual({ count: 1, rest: 2, position: 2 + lineBytesMax * 3 })
  })
})
