import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineHead } from './line-head.ts'
import { lineBytesMax, parseRecord } from './parse-record.ts'
import { line, startMs } from './trail.fixture.ts'

const position = { dir: 'clinic/audit.standard/w-000000000001', writer: 'w-000000000001', n: 7 }

describe('a stored line', () => {
  it('is read back as a typed record that keeps the line and its place', () => {
    const text = line({ atMs: 5, members: { targets: [{ type: 'patient', id: 'x' }], metadata: { rows: 3 } } }, 7)
    const record = parseRecord(text, position)
    expect(record).toMatchObject({ event_type: 'data_access', timeMs: startMs + 5, line: text, position, seq: 7 })
    expect(record).toMatchObject({ targets: [{ type: 'patient', id: 'x' }], metadata: { rows: 3 } })
    expect(record).not.toHaveProperty('odd')
  })

  it.each(['schema', 'timestamp', 'id', 'seq', 'event_type', 'service'])('without %s is no record', (member) => {
    const parsed: Record<string, unknown> = JSON.parse(line({ atMs: 0 }, 0))
    delete parsed[member]
    expect(parseRecord(JSON.stringify(parsed), position)).toBe(`${member} is missing or not of its kind`)
  })

  it.each<[string, string]>([
    ['{', 'not JSON'],
    ['[]', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['', 'not JSON'],
    [`"${'x'.repeat(lineBytesMax)}"`, `longer than ${lineBytesMax} bytes`],
    [line({ atMs: 0, members: { timestamp: '2026-13-45T10:00:00.000Z' } }, 0), 'timestamp is not a time'],
  ])('%.30s… is told what is wrong with it', (text, message) => {
    expect(parseRecord(text, position)).toBe(message)
  })

  it('keeps a record whose optional members are odd, and names them', () => {
    const members = { outcome: 'maybe', volume: { records: '3' }, subjects: [1], request_id: 'r' }
    const record = parseRecord(line({ atMs: 0, members }, 0), position)
    expect(record).toMatchObject({ odd: ['outcome', 'subjects', 'volume'], request_id: 'r' })
    expect(record).not.toHaveProperty('outcome')
  })

  it('cannot reach a prototype through its member names', () => {
    const text = `${line({ atMs: 0 }, 0).slice(0, -1)},"__proto__":{"outcome":"denied"},"metadata":{"__proto__":"x"}}`
    const record = parseRecord(text, position)
    expect(typeof record).toBe('object')
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype)
    expect({}).not.toHaveProperty('outcome')
  })

  it('gives a record or a sentence, whatever it holds', () => {
    const change = fc.record({ at: fc.nat(600), cut: fc.nat(20), put: fc.string({ maxLength: 20, unit: 'binary' }) })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), (changes) => {
        let text = line({ atMs: 0, members: { targets: [{ type: 'patient' }], decision: { effect: 'deny' } } }, 7)
        for (const { at, cut, put } of changes) text = text.slice(0, at) + put + text.slice(at + cut)
        const record = parseRecord(text, position)
        if (typeof record === 'string') expect(record.length).toBeLessThan(80)
        else expect(record.line).toBe(text)
        const head = lineHead(text)
        if (head !== undefined) expect(Number.isFinite(head.recordedMs)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('of any JSON gives a record or a sentence', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(typeof parseRecord(text, position)).toBe('string')
        lineHead(text)
      }),
    )
  })

  it('shows its times at their fixed place', () => {
    expect(lineHead(line({ atMs: 5, recordedMs: 9_000 }, 1_234_567))).toEqual({
      timestamp: '2026-01-15T10:00:00.005Z',
      recordedMs: startMs + 9_000,
    })
    expect(lineHead('{"n":1,"d":0,"schema":"audit/1","timestamp":"2026-01-15T10:00:00.005Z","id":"zzz')).toBeUndefined()
    expect(lineHead('')).toBeUndefined()
  })
})
