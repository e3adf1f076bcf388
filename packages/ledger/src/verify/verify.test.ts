import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { frontierFile, segmentsAmong } from '../layout.ts'
import { closedLedger, openTest, temporaryDirectory, testSigner } from '../ledger.fixture.ts'
import { Chain } from '../line.ts'
import type { StreamReport } from './report.ts'
import { verify } from './verify.ts'

const segmentOf = (dir: string, first = 0): string => join(dir, 'seg', `${String(first).padStart(12, '0')}.jsonl`)
const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1)
const writeLines = (path: string, lines: readonly string[]): void =>
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''))

async function reportOf(root: string): Promise<StreamReport> {
  const { streams } = await verify(root)
  const [report] = streams
  if (!report) throw new Error('no stream')
  return report
}

/** The breaks as `code@n`, in order. */
async function breaksOf(root: string): Promise<string[]> {
  return (await reportOf(root)).integrity.breaks.map((one) => `${one.code.replace('LEDGER_', '')}@${one.n}`)
}

describe('a sound ledger', () => {
  it('is reported ok, with its root, and says whether keys were pinned', async () => {
    const { root } = await closedLedger(50)
    const self = await verify(root)
    expect(self).toMatchObject({
      ok: true,
      pinned: false,
      streams: [{ entries: 50, service: 'clinic', stream: 'audit', retentionClass: 'standard' }],
    })
    const pinned = await verify(root, { publicKeys: [testSigner(1).publicKey, testSigner().publicKey] })
    expect(pinned).toMatchObject({ ok: true, pinned: true })
    expect(self.streams[0]?.checkpoint).toEqual({ size: 50, root: self.streams[0]?.root })
  })

  it('verifies on a read-only copy elsewhere', async () => {
    const { root } = await closedLedger(5)
    const copy = join(temporaryDirectory(), 'some', 'place')
    cpSync(root, copy, { recursive: true })
    expect((await verify(copy)).ok).toBe(true)
  })

  it('verifies while a writer appends', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    let count = 0
    let running = true
    const writing = (async () => {
      while (running) await Promise.all(Array.from({ length: 50 }, () => ledger.append(`"id":"${count++}"`).durable))
    })()
    for (let round = 0; round < 20; round++) {
      const report = await verify(root)
      expect(report.streams[0]?.integrity.breaks, `round ${round}`).toEqual([])
    }
    running = false
    await writing
    await ledger.close()
    expect(await verify(root)).toMatchObject({ ok: true, streams: [{ entries: count }] })
  })

  it('tells how far it has come, and stops when asked', async () => {
    const { root, dir } = await closedLedger(100)
    const seen: [number, number][] = []
    await verify(root, { onProgress: (done, total) => seen.push([done, total]) })
    const { size } = statSync(segmentOf(dir))
    expect(seen.at(-1)).toEqual([size, size])
    const controller = new AbortController()
    const stopping = verify(root, { signal: controller.signal, onProgress: () => controller.abort() })
    await expect(verify(root, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/)
    await stopping // one chunk: it was done before it could be stopped
  })
})

describe('what is not there', () => {
  it('is an error when it is the root', async () => {
    await expect(verify(join(temporaryDirectory(), 'nowhere'))).rejects.toMatchObject({ code: 'LEDGER_DIR_MISSING' })
    const file = join(temporaryDirectory(), 'file')
    writeFileSync(file, '')
    await expect(verify(file)).rejects.toMatchObject({ code: 'LEDGER_DIR_NOT_DIRECTORY' })
  })

  it('is never ok', async () => {
    expect(await verify(temporaryDirectory())).toEqual({ ok: false, pinned: false, streams: [], lost: [] })
  })
})

describe('a change of a ledger of 50 records', () => {
  let original: { root: string; dir: string }
  beforeAll(async () => {
    original = await closedLedger(50, mkdtempSync(join(tmpdir(), 'trailmark-ledger-')), (i) => `"i":${i}`)
  })
  afterAll(() => rmSync(original.root, { recursive: true }))

  /** Detected: a break, or for the derived file, which is no evidence, a note that was not there before. */
  async function isDetected(name: string, change: (bytes: Buffer) => Buffer): Promise<boolean> {
    const path = join(original.dir, name)
    const bytes = readFileSync(path)
    writeFileSync(path, change(Buffer.from(bytes)))
    const report = await reportOf(original.root)
    writeFileSync(path, bytes)
    return name === frontierFile
      ? report.notes.some((one) => one.code === 'LEDGER_FRONTIER_STALE')
      : !report.integrity.ok
  }

  const files = ['LEDGER.json', 'LEDGER.note', 'checkpoint', frontierFile, 'seg/000000000000.jsonl']
  // Every third byte here; test/full has every bit of every file.
  it.each(files)('in one bit of %s is detected', async (name) => {
    const missed: string[] = []
    const { size } = statSync(join(original.dir, name))
    for (let at = 0; at < size; at += 3) {
      const bit = (at * 5) % 8
      if (!(await isDetected(name, (bytes) => flip(bytes, at, bit)))) missed.push(`byte ${at} bit ${bit}`)
    }
    expect(missed).toEqual([])
  })

  it('by a byte cut off, put in or taken out is detected', async () => {
    const missed: string[] = []
    const name = 'seg/000000000000.jsonl'
    const { size } = statSync(join(original.dir, name))
    for (let at = 0; at < size; at += 13) {
      const changes = {
        cut: (bytes: Buffer) => bytes.subarray(0, at),
        insert: (bytes: Buffer) => Buffer.concat([bytes.subarray(0, at), Buffer.from('x'), bytes.subarray(at)]),
        remove: (bytes: Buffer) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]),
      }
      for (const [what, change] of Object.entries(changes))
        if (!(await isDetected(name, change))) missed.push(`${what} ${at}`)
    }
    expect(missed).toEqual([])
  })
})

describe('tampering with lines', () => {
  const matrix: Record<string, [(lines: string[]) => string[], string[]]> = {
    'one edited': [(lines) => with_(lines, 7, (line) => line.replace('number 7', 'number 8')), ['LINE_HASH@7']],
    'the hash of one edited': [(lines) => with_(lines, 7, (line) => `${line.slice(0, -5)}xxx"}`), ['LINE_HASH@7']],
    'the claim of one raised': [
      (lines) => with_(lines, 30, (line) => line.replace(/"d":-1/, '"d":29')),
      ['LINE_HASH@30'],
    ],
    'two edited': [
      (lines) =>
        with_(
          with_(lines, 3, (line) => line.replace('number', 'Number')),
          40,
          (line) => line.replace('number', 'Number'),
        ),
      ['LINE_HASH@3', 'LINE_HASH@40'],
    ],
    'one deleted': [(lines) => lines.toSpliced(7, 1), ['LINE_MISSING@7']],
    'the first deleted': [(lines) => lines.slice(1), ['LINE_MISSING@0']],
    'five deleted': [(lines) => lines.toSpliced(20, 5), ['LINE_MISSING@20']],
    'the last ten cut off': [(lines) => lines.slice(0, 40), ['CHECKPOINT_REWOUND@40']],
    'all deleted': [() => [], ['CHECKPOINT_REWOUND@0']],
    'one repeated': [(lines) => lines.toSpliced(8, 0, lines[7] ?? ''), ['LINE_REPEATED@7']],
    'two swapped': [
      (lines) => lines.toSpliced(7, 2, lines[8] ?? '', lines[7] ?? ''),
      ['LINE_MISSING@7', 'LINE_REPEATED@7'],
    ],
    'one moved to the end': [
      (lines) => [...lines.toSpliced(7, 1), lines[7] ?? ''],
      ['LINE_MISSING@7', 'LINE_REPEATED@7'],
    ],
    'the first twenty played again': [(lines) => [...lines, ...lines.slice(0, 20)], ['LINE_REPEATED@0']],
    'one replaced by garbage': [(lines) => with_(lines, 7, () => 'garbage'), ['LINE_MALFORMED@7']],
    'garbage inserted': [(lines) => lines.toSpliced(7, 0, 'garbage'), ['LINE_MALFORMED@7']],
    'two lines joined': [(lines) => lines.toSpliced(7, 2, `${lines[7]}${lines[8]}`), ['LINE_HASH@7', 'LINE_MISSING@8']],
    'one broken in two': [
      (lines) => lines.toSpliced(7, 1, (lines[7] ?? '').slice(0, 20), (lines[7] ?? '').slice(20)),
      ['LINE_MALFORMED@7', 'LINE_MALFORMED@8'],
    ],
    'one too long to be a line': [
      (lines) => with_(lines, 7, (line) => line.replace('number', 'x'.repeat(70_000))),
      ['LINE_TOO_LONG@7'],
    ],
    'everything hashed again after an edit': [
      (lines) => rehash(with_(lines, 40, (line) => line.replace('40"', '41"'))),
      ['ROOT_MISMATCH@32', 'ROOT_MISMATCH@48'],
    ],
    'everything hashed again after an edit near the end': [
      (lines) => rehash(with_(lines, 49, (line) => line.replace('49"', '50"'))),
      ['ROOT_MISMATCH@48'],
    ],
    'an invented one added, chained as it should be': [
      (lines) => {
        const chain = new Chain(50, lines[49]?.slice(-13, -2) ?? '')
        return [...lines, chain.frame(49, '"id":"invented"')]
      },
      [],
    ],
  }

  it.each(Object.entries(matrix))('%s', async (_, [change, expected]) => {
    const { root, dir } = await closedLedger(50)
    writeLines(segmentOf(dir), change(linesOf(segmentOf(dir))))
    expect(await breaksOf(root)).toEqual(expected)
  })

  it('is located at its file and byte', async () => {
    const { root, dir } = await closedLedger(50)
    const lines = linesOf(segmentOf(dir))
    const offset = lines.slice(0, 7).reduce((sum, line) => sum + line.length + 1, 0)
    writeLines(
      segmentOf(dir),
      with_(lines, 7, (line) => line.replace('number', 'Number')),
    )
    expect((await reportOf(root)).integrity.breaks).toMatchObject([{ n: 7, file: 'seg/000000000000.jsonl', offset }])
  })

  it('behind the checkpoint shows as unsigned, not as signed', async () => {
    const { root, dir } = await closedLedger(2)
    const chain = new Chain(2, linesOf(segmentOf(dir))[1]?.slice(-13, -2) ?? '')
    writeFileSync(segmentOf(dir), `${chain.frame(1, '"id":"invented"')}\n`, { flag: 'a' })
    const report = await reportOf(root)
    expect(report.entries).toBe(3)
    expect(report.notes.map((one) => one.code)).toContain('LEDGER_TAIL_UNSIGNED')
  })
})

describe('tampering with files', () => {
  async function bigLedger(): Promise<{ root: string; dir: string }> {
    let ahead = 0
    const root = temporaryDirectory()
    const ledger = openTest(root, { clock: { now: () => Date.now() + ahead } })
    for (let i = 0; i < 9; i++) {
      await ledger.append(`"id":"${i}"`).durable
      if (i % 3 === 2) ahead += 3_700_000
    }
    await ledger.close()
    expect(segmentsAmong(readdirSync(join(ledger.dir, 'seg')))).toEqual([0, 3, 6])
    return { root, dir: ledger.dir }
  }

  const matrix: Record<string, [(dir: string) => void, string[]]> = {
    nothing: [() => {}, []],
    'the first segment removed': [(dir) => rmSync(segmentOf(dir, 0)), ['LINE_MISSING@0']],
    'a segment in the middle removed': [(dir) => rmSync(segmentOf(dir, 3)), ['LINE_MISSING@3']],
    'the last segment removed': [(dir) => rmSync(segmentOf(dir, 6)), ['CHECKPOINT_REWOUND@6']],
    'all segments removed': [(dir) => rmSync(join(dir, 'seg'), { recursive: true }), ['CHECKPOINT_REWOUND@0']],
    'two segments swapped': [
      (dir) => {
        renameSync(segmentOf(dir, 3), join(dir, 'x'))
        renameSync(segmentOf(dir, 6), segmentOf(dir, 3))
        renameSync(join(dir, 'x'), segmentOf(dir, 6))
      },
      ['LINE_MISSING@3', 'SEGMENT_MISPLACED@6', 'LINE_REPEATED@3'],
    ],
    'a segment put back a second time': [(dir) => cpSync(segmentOf(dir, 3), segmentOf(dir, 9)), ['LINE_REPEATED@3']],
    'a segment that is a directory': [
      (dir) => {
        rmSync(segmentOf(dir, 6))
        mkdirSync(segmentOf(dir, 6))
      },
      ['SEGMENT_UNREADABLE@6', 'CHECKPOINT_REWOUND@6'],
    ],
    'LEDGER.json removed': [(dir) => rmSync(join(dir, 'LEDGER.json')), ['META_MISSING@-1', 'CHECKPOINT_UNSIGNED@-1']],
    'LEDGER.json of an unknown version': [
      (dir) => replace(join(dir, 'LEDGER.json'), 'trailmark-ledger/1', 'trailmark-ledger/7'),
      ['META_MALFORMED@-1', 'CHECKPOINT_UNSIGNED@-1'],
    ],
    'LEDGER.json that is no JSON': [
      (dir) => writeFileSync(join(dir, 'LEDGER.json'), Buffer.from([0xff, 0xfe, 0])),
      ['META_MALFORMED@-1', 'CHECKPOINT_UNSIGNED@-1'],
    ],
    'LEDGER.json dated back': [
      (dir) => replace(join(dir, 'LEDGER.json'), '"created": "2', '"created": "1'),
      ['META_UNSIGNED@-1'],
    ],
    'LEDGER.note removed': [(dir) => rmSync(join(dir, 'LEDGER.note')), ['META_UNSIGNED@-1']],
    'the checkpoint removed': [(dir) => rmSync(join(dir, 'checkpoint')), ['CHECKPOINT_MISSING@-1']],
    'the checkpoint garbled': [(dir) => writeFileSync(join(dir, 'checkpoint'), '\n\n\n'), ['CHECKPOINT_MALFORMED@-1']],
    'the size in the checkpoint lowered': [
      (dir) => replace(join(dir, 'checkpoint'), '\n9\n', '\n8\n'),
      ['CHECKPOINT_UNSIGNED@-1'],
    ],
    'the file beside the checkpoint removed': [(dir) => rmSync(join(dir, frontierFile)), []],
  }

  it.each(Object.entries(matrix))('%s', async (_, [change, expected]) => {
    const { root, dir } = await bigLedger()
    change(dir)
    expect(await breaksOf(root)).toEqual(expected)
  })

  it('of one stream shows in that stream alone', async () => {
    const root = temporaryDirectory()
    const [one, two] = [openTest(root), openTest(root)]
    await Promise.all([one.append('"id":"1"').durable, two.append('"id":"2"').durable])
    await Promise.all([one.close(), two.close()])
    replace(segmentOf(two.dir), '"2"', '"3"')
    const { ok, streams } = await verify(root)
    expect(ok).toBe(false)
    expect(Object.fromEntries(streams.map((stream) => [stream.writer, stream.integrity.ok]))).toEqual({
      [one.writer]: true,
      [two.writer]: false,
    })
  })

  it('by exchanging the key and signing everything again is found by a pinned key only', async () => {
    const root = temporaryDirectory()
    const forged = openTest(root, { signer: testSigner(66) })
    await forged.append('"id":"forged"').durable
    await forged.close()
    expect((await verify(root)).ok).toBe(true)
    const { streams } = await verify(root, { publicKeys: [testSigner().publicKey] })
    expect(streams[0]?.integrity.breaks).toMatchObject([{ code: 'LEDGER_KEY_UNKNOWN', n: -1, file: 'LEDGER.json' }])
  })

  it('by putting the checkpoint of another writer in place is found', async () => {
    const [one, two] = [await closedLedger(5), await closedLedger(5)]
    cpSync(join(one.dir, 'checkpoint'), join(two.dir, 'checkpoint'))
    expect(await breaksOf(two.root)).toEqual(['CHECKPOINT_MALFORMED@-1'])
  })

  it('by adding files is noted', async () => {
    const { root, dir } = await closedLedger(1)
    writeFileSync(join(dir, 'extra'), '')
    writeFileSync(join(dir, 'seg', 'extra.jsonl'), '')
    const note = (await reportOf(root)).notes.find((one) => one.code === 'LEDGER_FILE_UNKNOWN')
    expect(note?.message).toMatch(/extra, seg\/extra\.jsonl/)
  })
})

describe('a tail that a crash left', () => {
  it('is a note, and not a break', async () => {
    for (const tail of [
      '{"n":2,"d":1,"id":"tor',
      'garbage\n',
      '{"n":2,"d":1,"id":"x","h":"aaaaaaaaaaa"}\n',
      '{"n":5,"d":1,"id":"x","h":"aaaaaaaaaaa"}\n',
    ]) {
      const { root, dir } = await closedLedger(2)
      writeFileSync(segmentOf(dir), tail, { flag: 'a' })
      const report = await reportOf(root)
      expect(report.integrity, tail).toEqual({ ok: true, breaks: [] })
      expect(report.notes.map((one) => one.code)).toContain('LEDGER_TAIL_TORN')
    }
  })

  it('is a break when a later line knew that it was durable', async () => {
    const { root, dir } = await closedLedger(2)
    writeFileSync(segmentOf(dir), 'garbage\n{"n":3,"d":2,"id":"x","h":"aaaaaaaaaaa"}\n', { flag: 'a' })
    expect(await breaksOf(root)).toEqual(['LINE_MALFORMED@2'])
  })
})

function with_(lines: readonly string[], at: number, change: (line: string) => string): string[] {
  const before = lines[at] ?? ''
  expect(change(before)).not.toBe(before)
  return lines.with(at, change(before))
}

/** What a forger does who knows the format and has no key. */
function rehash(lines: readonly string[]): string[] {
  const chain = new Chain(0, '')
  return lines.map((line) => {
    const [, d, body] = /^\{"n":\d+,"d":(-?\d+),(.*),"h":"[^"]*"\}$/.exec(line) ?? []
    return chain.frame(Number(d), body ?? '')
  })
}

function flip(bytes: Buffer, at: number, bit: number): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
  return bytes
}

function replace(path: string, from: string, to: string): void {
  const before = readFileSync(path, 'utf8')
  expect(before).toContain(from)
  writeFileSync(path, before.replace(from, to))
}
