/** The short way over a sound log, by any number of threads, answers as the walk over every line in order does. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closedLedger, openTest, temporaryDirectory } from '../ledger.fixture.ts'
import { leafOf, Tree } from '../tree.ts'
import type { HeldRoot } from './held-root.ts'
import { LeafBlocks } from './leaf-blocks.ts'
import type { StreamReport } from './report.ts'
import { inThisThread, ScanPool } from './scan-pool.ts'
import type { SegmentJob } from './scan-segment.ts'
import type { Scanner } from './scan-signed.ts'
import { subtreeSizes } from './subtree-sizes.ts'
import { verify } from './verify.ts'
import { verifyWriter } from './verify-writer.ts'

type Files = Map<string, Buffer>

/** A writer of five openings and as many segments, with what its checkpoint was after each of them. */
interface Base {
  readonly origin: string
  readonly files: Files
  readonly older: readonly { readonly checkpoint: Buffer; readonly frontier: Buffer; readonly held: HeldRoot }[]
}

const counts = [3, 300, 256, 700, 41]
let base: Base
let scanners: Scanner[] = []
let pools: ScanPool[] = []

beforeAll(async () => {
  base = await makeBase()
  pools = [1, 2, 3].map((workers) => new ScanPool(workers))
  scanners = [inThisThread, ...pools]
})
afterAll(() => Promise.all(pools.map((pool) => pool.close())))

describe('segments read beside each other', () => {
  it('give the same report of a sound log as lines read in order', async () => {
    const dir = put(base.files)
    const expected = await reportOf(dir, undefined, [])
    expect(expected).toMatchObject({ entries: 1300, integrity: { ok: true }, completeness: { ok: true } })
    for (const scanner of scanners) expect(await reportOf(dir, scanner, [])).toEqual(expected)
  })

  it('are really what is read where nothing is wrong', async () => {
    const dir = put(base.files)
    const jobs: SegmentJob[] = []
    const scanner: Scanner = {
      width: 2,
      scan(job, onBytes) {
        jobs.push(job)
        return inThisThread.scan(job, onBytes)
      },
    }
    await reportOf(dir, scanner, [])
    expect(jobs.map(({ first, next, whole }) => [first, next, whole])).toEqual([
      [0, 3, true],
      [3, 303, true],
      [303, 559, true],
      [559, 1259, true],
      [1259, 1300, false],
    ])
  })

  it('give the same report whatever is damaged, held or signed', async () => {
    const change = fc.oneof(
      fc.record({ what: fc.constantFrom('flip', 'cut', 'insert', 'remove'), at: fc.nat(), value: fc.nat(255) }),
      fc.record({
        what: fc.constantFrom('delete line', 'repeat line', 'swap lines', 'drop segment', 'older checkpoint', 'rename'),
        at: fc.nat(),
        value: fc.nat(255),
      }),
    )
    const held = fc.array(fc.record({ size: fc.nat(1400), good: fc.boolean() }), { maxLength: 6 })
    let sound = 0
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 2 }), held, async (changes, wanted) => {
        const files = new Map(base.files)
        for (const one of changes) damage(files, one)
        const dir = put(files)
        const heldRoots = wanted.map(({ size, good }) => ({
          ...(base.older[size % base.older.length]?.held ?? { origin: base.origin, size: 0, root: '' }),
          ...(good ? {} : { size }),
        }))
        const expected = await reportOf(dir, undefined, heldRoots)
        if (expected.integrity.ok) sound += 1
        for (const scanner of scanners) expect(await reportOf(dir, scanner, heldRoots)).toEqual(expected)
        rmSync(dir, { recursive: true })
      }),
      { numRuns: 40 },
    )
    expect(sound).toBeGreaterThan(0)
  }, 120_000)
})

describe('threads', () => {
  it.each([0, 1, 2, 5])('%i of them verify every writer below a root', async (workers) => {
    const root = temporaryDirectory()
    for (let i = 0; i < 4; i++) await closedLedger(10 + i, join(root, `s${i}`))
    const report = await verify(root, { workers })
    expect(report.ok).toBe(true)
    expect(report.streams.map(({ entries }) => entries)).toEqual([10, 11, 12, 13])
  })

  it('report every byte once, and stop when asked', async () => {
    const dir = put(base.files)
    const total = [...base.files].reduce((sum, [name, bytes]) => sum + (name.endsWith('.jsonl') ? bytes.length : 0), 0)
    const seen: number[] = []
    await verify(dir, { workers: 2, onProgress: (done) => seen.push(done) })
    expect(seen.at(-1)).toBe(total)
    const controller = new AbortController()
    const stopping = verify(dir, {
      workers: 2,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    })
    await expect(stopping).rejects.toThrow('enough')
    const refusing = verify(dir, { workers: 2, onProgress: () => expect.fail('my own') })
    await expect(refusing).rejects.toThrow('my own')
  })

  it('that die at their work make an error, and nobody waits', async () => {
    const pool = new ScanPool(2)
    const job: SegmentJob = { path: join(put(base.files), 'seg', name(0)), first: 0, next: 3, whole: true, sizes: [] }
    expect((await pool.scan(job, () => {}))?.places).toHaveLength(1)
    // A job that no scan survives: what is not an array has no elements.
    const broken = JSON.parse(JSON.stringify({ ...job, sizes: null }))
    const both = [pool.scan(broken, () => {}), pool.scan(job, () => {}), pool.scan(job, () => {})]
    const answers = await Promise.allSettled(both)
    expect(answers[0]).toMatchObject({ status: 'rejected', reason: { code: 'LEDGER_VERIFY_INTERRUPTED' } })
    await expect(pool.scan(job, () => {})).rejects.toMatchObject({ code: 'LEDGER_VERIFY_INTERRUPTED' })
    await pool.close()
  })

  it.each([-1, 1.5, 65, Number.NaN])('%d of them are refused', async (workers) => {
    await expect(verify(temporaryDirectory(), { workers })).rejects.toMatchObject({ code: 'LEDGER_OPTION_INVALID' })
  })
})

describe('the subtrees of a part of a log', () => {
  it('are those of the tree, wherever the part begins and is looked at', () => {
    fc.assert(
      fc.property(fc.nat(700), fc.nat(900), fc.array(fc.nat(1600), { maxLength: 3 }), (first, count, looks) => {
        const leaves = Array.from({ length: first + count }, (_, i) => leafOf(String(i)))
        const blocks = new LeafBlocks(first)
        for (const [i, leaf] of leaves.slice(first).entries()) {
          blocks.push(leaf)
          if (looks.includes(first + i)) blocks.hashes()
        }
        let at = first
        const expected = subtreeSizes(first, first + count).map((size) => {
          const tree = new Tree()
          for (const leaf of leaves.slice(at, at + size)) tree.push(leaf)
          at += size
          return tree.root()
        })
        expect(at).toBe(first + count)
        expect(blocks.hashes()).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  })
})

function reportOf(dir: string, scanner: Scanner | undefined, heldRoots: readonly HeldRoot[]): Promise<StreamReport> {
  return verifyWriter(dir, { publicKeys: [], heldRoots }, { onBytes() {} }, scanner)
}

async function makeBase(): Promise<Base> {
  const root = mkdtempSync(join(tmpdir(), 'trailmark-ledger-'))
  try {
    const older: Base['older'][number][] = []
    let dir = ''
    let n = 0
    for (const [round, count] of counts.entries()) {
      const ledger = openTest(root, { clock: { now: () => Date.now() + round * 3_700_000 } })
      dir = ledger.dir
      for (let seq = 0; seq < count; seq++, n++) {
        const type = seq === 0 ? 'stream_open' : seq === count - 1 ? 'stream_close' : 'data_access'
        ledger.append(
          round === 3 && seq % 50 === 7 ? `"other":${seq}` : record(round === 3 ? seq - before(seq) : seq, n, type),
        )
      }
      await ledger.close()
      const [stream] = (await verify(root)).streams
      if (!stream?.checkpoint) throw new Error('not signed')
      older.push({
        checkpoint: readFileSync(join(dir, 'checkpoint')),
        frontier: readFileSync(join(dir, 'checkpoint.frontier')),
        held: { origin: stream.origin, ...stream.checkpoint },
      })
    }
    const files: Files = new Map()
    for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isFile()) files.set(path.slice(dir.length + 1), readFileSync(path))
    }
    return { origin: older[0]?.held.origin ?? '', files, older }
  } finally {
    rmSync(root, { recursive: true })
  }
}

/** Entries of the fourth opening up to `seq` that are no records. */
const before = (seq: number): number => Math.ceil(Math.max(0, seq - 7) / 50)

function record(seq: number, n: number, type: string): string {
  const id = `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`
  return `"schema":"audit/1","timestamp":"2026-01-15T08:00:00.000Z","id":"${id}","seq":${seq},"event_type":"${type}"`
}

function put(files: Files): string {
  const root = temporaryDirectory()
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), bytes)
  }
  return root
}

const name = (first: number): string => `${String(first).padStart(12, '0')}.jsonl`

interface Change {
  readonly what: string
  readonly at: number
  readonly value: number
}

function damage(files: Files, { what, at, value }: Change): void {
  const names = [...files.keys()]
  const segments = names.filter((one) => one.endsWith('.jsonl'))
  const path = segments[value % segments.length] ?? 'checkpoint'
  const bytes = files.get(path) ?? Buffer.alloc(0)
  const place = bytes.length === 0 ? 0 : at % bytes.length
  const set = (...parts: (Buffer | string)[]): void => {
    files.set(path, Buffer.concat(parts.map((part) => Buffer.from(part))))
  }
  if (what === 'flip')
    set(bytes.subarray(0, place), Buffer.from([(bytes[place] ?? 0) ^ (1 << (value % 8))]), bytes.subarray(place + 1))
  else if (what === 'cut') set(bytes.subarray(0, place))
  else if (what === 'insert') set(bytes.subarray(0, place), Buffer.from([value]), bytes.subarray(place))
  else if (what === 'remove') set(bytes.subarray(0, place), bytes.subarray(place + 1 + (value % 300)))
  else if (what === 'drop segment') files.delete(path)
  else if (what === 'rename') {
    files.delete(path)
    files.set(`seg/${name(at % 1400)}`, bytes)
  } else if (what === 'older checkpoint') {
    const older = base.older[at % base.older.length]
    if (older) files.set('checkpoint', older.checkpoint)
    if (older && value % 2 === 0) files.set('checkpoint.frontier', older.frontier)
  } else {
    const lines = bytes.toString('latin1').split('\n').slice(0, -1)
    if (lines.length === 0) return
    const i = at % lines.length
    const [one = '', next = ''] = lines.slice(i, i + 2)
    const changed =
      what === 'delete line'
        ? lines.toSpliced(i, 1)
        : what === 'repeat line'
          ? lines.toSpliced(i, 0, one)
          : lines.toSpliced(i, 2, next, one)
    files.set(path, Buffer.from(changed.map((line) => `${line}\n`).join(''), 'latin1'))
  }
}
