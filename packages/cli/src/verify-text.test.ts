import type { StreamReport } from '@trailmark/ledger/verify'
import { describe, expect, it } from 'vitest'
import type { Screen } from './terminal.ts'
import { streamLines, verdictLine } from './verify-text.ts'

const screen: Screen = {
  tty: false,
  fits: false,
  columns: 80,
  paint: (_, text) => text,
  write: async () => {},
  draw: () => {},
}
const sound: StreamReport = {
  dir: '/srv/clinic/audit.standard/w-3f9c1e7a22b0',
  origin: 'clinic/audit.standard/w-3f9c1e7a22b0',
  service: 'clinic',
  stream: 'audit',
  retentionClass: 'standard',
  writer: 'w-3f9c1e7a22b0',
  entries: 1204,
  bytes: 9,
  root: '8c1f2a90b3d4'.repeat(5),
  integrity: { ok: true, breaks: [] },
  completeness: { ok: true, gaps: [] },
  notes: [],
}

function lines(changes: Partial<StreamReport>, pinned = true): string[] {
  return streamLines({ ...sound, ...changes }, pinned, { service: 0, stream: 0 }, screen)
}

describe('the two verdicts on a stream', () => {
  it('stand beside each other, and neither decides the other', () => {
    const place = { n: 17, file: 'seg/000000000000.jsonl', offset: 9211, message: 'edited' }
    const integrity = { ok: false, breaks: [{ code: 'LEDGER_LINE_HASH', ...place }] }
    const gap = { firstSeq: 3, lastSeq: 5, message: 'no record', explained: false }
    const completeness = { ok: false, gaps: [gap] }
    expect(lines({})[0]).toMatch(/ {2}integrity ok, signature ok {2}complete$/)
    expect(lines({}, false)[0]).toMatch(/ {2}integrity ok, self-signed {2}complete$/)
    expect(lines({ integrity })[0]).toMatch(/ {2}integrity BROKEN in 1 place {2}complete$/)
    expect(lines({ completeness })[0]).toMatch(/ {2}integrity ok, signature ok {2}INCOMPLETE, 1 gap$/)
    expect(lines({ integrity, completeness }).slice(1)).toEqual([
      '  broken at n 17, seg/000000000000.jsonl byte 9211: edited (LEDGER_LINE_HASH)',
      '  gap at seq 3 to 5: no record',
    ])
  })

  it('do not call complete what carries no numbers', () => {
    const notes = [{ code: 'LEDGER_SEQ_ABSENT', message: '3 entries' }]
    expect(lines({ notes })[0]).toMatch(/complete as far as entries are numbered$/)
  })
})

describe('the verdict at the end', () => {
  const verdict = (size: number): string => {
    const checkpoint = { size, root: sound.root }
    const report = { ok: true, pinned: true, streams: [{ ...sound, checkpoint }], lost: [] }
    return verdictLine(report, { held: 0, unfinished: 0, ok: true }, screen)
  }

  it('is not ok when nobody who was named vouches for anything', () => {
    const report = { ok: true, pinned: true, streams: [sound], lost: [] }
    expect(verdictLine(report, { held: 0, unfinished: 0, unvouched: true, ok: false }, screen)).toMatch(
      /^NOT CONCLUDED: nothing that a witness or authority you named vouches for in 1 stream, /,
    )
  })

  it('says how many records nobody has signed', () => {
    expect(verdict(1204)).toBe('intact and complete: 1 stream, 1,204 records; unanchored')
    expect(verdict(4)).toBe('intact and complete: 1 stream, 1,204 records, 1,200 of them not signed; unanchored')
  })
})
