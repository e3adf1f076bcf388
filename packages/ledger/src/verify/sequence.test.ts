import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openTest, temporaryDirectory } from '../ledger.fixture.ts'
import { Sequence } from './sequence.ts'
import { verify } from './verify.ts'

/** The body of an audit/1 record as core writes it, as far as completeness looks at it. */
function record(seq: number, type = 'data_access', metadata: object = {}): string {
  const id = `01890000-0000-7000-8000-${String(seq).padStart(12, '0')}`
  const text = JSON.stringify({ metadata, note: '"event_type":"stream_open"' }).slice(1, -1)
  return `"schema":"audit/1","timestamp":"2026-01-15T08:00:00.000Z","id":"${id}","seq":${seq},"stream":"audit","event_type":"${type}",${text}`
}

function judge(bodies: readonly string[]): Sequence {
  const sequence = new Sequence()
  bodies.forEach((body, n) => {
    const bytes = Buffer.from(body)
    sequence.visit(bytes, 0, bytes.length, n)
  })
  sequence.end(bodies.length)
  return sequence
}

const open = (): string => record(0, 'stream_open')
const gap = (seq: number, first: number, last: number): string =>
  record(seq, 'audit_gap', { first_seq: first, last_seq: last })
const gapsOf = (bodies: readonly string[]): string[] =>
  judge(bodies).gaps.map((one) => `${one.firstSeq}-${one.lastSeq} ${one.explained ? 'explained' : 'open'}`)

describe('completeness', () => {
  it('is given when every number is there, in whatever order', () => {
    expect(gapsOf([open(), record(1), record(2), record(3, 'stream_close')])).toEqual([])
    expect(gapsOf([open(), record(4), record(2), record(1), record(3), record(5, 'stream_close')])).toEqual([])
  })

  it('begins again at every opening', () => {
    expect(
      gapsOf([open(), record(1), record(2, 'stream_close'), open(), record(1), record(2, 'stream_close')]),
    ).toEqual([])
  })

  it('is broken by a number that is missing before a close', () => {
    expect(gapsOf([open(), record(1), record(4), record(5, 'stream_close')])).toEqual(['2-3 open'])
    expect(gapsOf([record(1), record(2, 'stream_close')])).toEqual(['0-0 open'])
  })

  it('is explained by a record of the gap, wherever in the same opening it stands', () => {
    expect(gapsOf([open(), gap(3, 1, 2), record(4, 'stream_close')])).toEqual(['1-2 explained'])
    expect(gapsOf([open(), record(3), gap(4, 1, 2), record(5, 'stream_close')])).toEqual(['1-2 explained'])
  })

  it('is explained only as far as the record goes, and only in its own opening', () => {
    expect(gapsOf([open(), gap(4, 1, 2), record(5, 'stream_close')])).toEqual(['1-2 explained', '3-3 open'])
    expect(gapsOf([open(), gap(5, 2, 3), record(6, 'stream_close')])).toEqual(['1-1 open', '2-3 explained', '4-4 open'])
    expect(gapsOf([open(), record(3, 'stream_close'), open(), gap(1, 1, 2), record(2, 'stream_close')])).toEqual([
      '1-2 open',
    ])
  })

  it('is broken by a number that stands twice', () => {
    expect(gapsOf([open(), record(1), record(1), record(2, 'stream_close')])).toEqual(['1-1 open'])
  })

  it('at the end of an opening without a close counts what was never acknowledged as a note', () => {
    for (const after of [[], [open(), record(1, 'stream_close')]]) {
      const { gaps, notes } = judge([open(), record(1), record(5), ...after])
      expect(gaps).toEqual([])
      expect(notes.map((one) => one.code)).toEqual(['LEDGER_CLOSE_MISSING', 'LEDGER_SEQ_UNACKNOWLEDGED'])
    }
  })

  it('takes no more for overtaken than a batch holds', () => {
    const many = Array.from({ length: 4097 }, (_, i) => record(i + 3))
    expect(gapsOf([open(), record(1), ...many])).toEqual(['2-2 open'])
  })

  it('says when entries carry no number', () => {
    const { gaps, notes } = judge(['"a":1', record(0, 'stream_open'), record(1, 'stream_close')])
    expect(gaps).toEqual([])
    expect(notes).toMatchObject([{ code: 'LEDGER_SEQ_ABSENT', message: expect.stringMatching(/^1 /) }])
  })

  it('is judged without an error whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(60), (array, cut) => {
        const body = Buffer.concat([Buffer.from(record(3).slice(0, cut + 100)), Buffer.from(array)])
        const sequence = new Sequence()
        sequence.visit(body, 0, body.length, 0)
        sequence.end(1)
      }),
    )
  })

  it('finds exactly the numbers that are missing, for any order and any holes', () => {
    const present = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 60 })
    fc.assert(
      fc.property(present, (seqs) => {
        const bodies = [open(), ...seqs.map((seq) => record(seq)), record(61, 'stream_close')]
        const missing = judge(bodies).gaps.flatMap(({ firstSeq, lastSeq }) =>
          Array.from({ length: lastSeq - firstSeq + 1 }, (_, i) => firstSeq + i),
        )
        const expected = Array.from({ length: 60 }, (_, i) => i + 1).filter((seq) => !seqs.includes(seq))
        expect(missing).toEqual(expected)
      }),
    )
  })

  it('stands beside integrity in the report', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    for (const body of [open(), record(1), record(3), record(4, 'stream_close')]) ledger.append(body)
    await ledger.close()
    expect(await verify(root)).toMatchObject({
      ok: false,
      streams: [
        { integrity: { ok: true }, completeness: { ok: false, gaps: [{ firstSeq: 2, lastSeq: 2, explained: false }] } },
      ],
    })
  })
})
