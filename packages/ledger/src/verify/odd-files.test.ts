import { execFileSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { segmentFile } from '../layout.ts'
import { closedLedger, openTest, temporaryDirectory } from '../ledger.fixture.ts'
import { findStreams } from '../read/find-streams.ts'
import { readEntries } from '../read/read-entries.ts'
import type { VerifyReport } from './report.ts'
import { verify } from './verify.ts'

const fifo = (path: string) => execFileSync('mkfifo', [path])
const breaksIn = ({ streams }: VerifyReport) =>
  streams.flatMap(({ integrity }) => integrity.breaks.map(({ code, n, file }) => `${code} ${n} ${file}`))

/** A trail as it lies on disk, so that there is room above and beside the writer. */
async function trail(): Promise<{ root: string; dir: string }> {
  const root = temporaryDirectory()
  return { root, dir: (await closedLedger(5, join(root, 'clinic', 'audit.standard'))).dir }
}

describe.skipIf(process.platform === 'win32')('what is put in the place of a file', () => {
  it.each([
    ['LEDGER.json', ['LEDGER_META_MISSING -1 LEDGER.json', 'LEDGER_CHECKPOINT_UNSIGNED -1 checkpoint']],
    ['LEDGER.note', ['LEDGER_META_UNSIGNED -1 LEDGER.note']],
    ['checkpoint', ['LEDGER_CHECKPOINT_MISSING -1 checkpoint']],
    ['checkpoint.frontier', []],
    ['LOCK', []],
    [segmentFile(5), ['LEDGER_SEGMENT_UNREADABLE 5 seg/000000000005.jsonl']],
  ])('a FIFO for %s neither holds up a verification nor a reader nor a start', async (name, breaks) => {
    const { root, dir } = await trail()
    rmSync(join(dir, name), { force: true })
    fifo(join(dir, name))
    expect(breaksIn(await verify(root))).toEqual(breaks)
    for (const stream of await findStreams(root)) {
      for await (const { n } of readEntries(stream)) expect(n).toBeLessThan(5)
    }
    const ledger = openTest(join(root, 'clinic', 'audit.standard'))
    await ledger.append('"id":"after"').durable
    await ledger.close()
  })

  it('a link is not followed, neither by a verification nor by a writer', async () => {
    const { root, dir } = await trail()
    const outside = join(temporaryDirectory(), 'moved.jsonl')
    renameSync(join(dir, segmentFile(0)), outside)
    symlinkSync(outside, join(dir, segmentFile(0)))
    expect(breaksIn(await verify(root))).toContain('LEDGER_SEGMENT_UNREADABLE 0 seg/000000000000.jsonl')
    const ledger = openTest(dirname(dir))
    expect(ledger.opening.refused).toMatchObject([{ writer: basename(dir) }])
    await ledger.close()
  })

  it('a link to the directory of segments is not one', async () => {
    const { root, dir } = await trail()
    const outside = join(temporaryDirectory(), 'seg')
    renameSync(join(dir, 'seg'), outside)
    symlinkSync(outside, join(dir, 'seg'))
    expect(breaksIn(await verify(root))).toEqual(['LEDGER_SEGMENT_UNREADABLE -1 seg'])
  })
})

describe('a writer', () => {
  it('copied beside itself, or into another stream, is named in both places', async () => {
    for (const place of ['clinic/audit.standard/w-ffffffffffff', 'other/audit.standard/same']) {
      const { root, dir } = await trail()
      cpSync(dir, join(root, place.replace('same', basename(dir))), { recursive: true })
      const report = await verify(root)
      expect(report.ok).toBe(false)
      expect(report.streams.map(({ integrity }) => integrity.breaks.at(-1)?.code)).toEqual([
        'LEDGER_WRITER_MISPLACED',
        'LEDGER_WRITER_MISPLACED',
      ])
    }
  })

  it('under another name is named, except where it alone is verified', async () => {
    const { root, dir } = await trail()
    const renamed = join(dirname(dir), 'w-ffffffffffff')
    renameSync(dir, renamed)
    expect(breaksIn(await verify(root))).toEqual(['LEDGER_WRITER_MISPLACED -1 LEDGER.json'])
    expect((await verify(renamed)).ok).toBe(true)
  })

  it('is found however the directories above are called, and whatever files lie in them', async () => {
    const { root, dir } = await trail()
    writeFileSync(join(root, 'checkpoint'), 'anything')
    mkdirSync(join(root, 'seg', 'audit.standard'), { recursive: true })
    await closedLedger(3, join(root, 'seg', 'audit.standard'))
    expect((await findStreams(root)).map((stream) => stream.dir)).toContain(dir)
    expect(await findStreams(root)).toHaveLength(2)
    rmSync(join(root, 'checkpoint'))
    expect(await verify(root)).toMatchObject({ streams: [{ entries: 5 }, { entries: 3 }] })
  })
})

describe('what is put behind the signed end', () => {
  it('as an empty segment of a later index is a loss, as it is for a writer', async () => {
    const { root, dir } = await trail()
    writeFileSync(join(dir, segmentFile(999_999_999_999)), '')
    expect(breaksIn(await verify(root))).toEqual(['LEDGER_LINE_MISSING 5 seg/999999999999.jsonl'])
    const ledger = openTest(dirname(dir))
    expect(ledger.opening.refused).toMatchObject([{ code: 'LEDGER_LINE_MISSING' }])
    await ledger.close()
  })

  it('as a line that knows lost entries to be durable is a loss, as it is for a writer', async () => {
    const { root, dir } = await trail()
    appendFileSync(join(dir, segmentFile(0)), '{"n":9,"d":8,"a":1,"h":"aaaaaaaaaaa"}\n')
    expect(breaksIn(await verify(root))).toEqual(['LEDGER_LINE_MISSING 5 seg/000000000000.jsonl'])
    const ledger = openTest(dirname(dir))
    expect(ledger.opening.refused).toHaveLength(1)
    await ledger.close()
  })

  it('as a torn line that skips entries is neither counted nor hashed', async () => {
    const { root, dir } = await trail()
    const before = (await verify(root)).streams[0]
    appendFileSync(join(dir, segmentFile(0)), '{"n":900,"d":4,"a":1,"h":"aaaaaaaaaaa"}\n')
    expect((await verify(root)).streams[0]).toMatchObject({ entries: 5, root: before?.root, integrity: { ok: true } })
  })
})
