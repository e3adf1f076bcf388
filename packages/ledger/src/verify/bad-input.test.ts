/**
 * Every file of a writer directory in every state it can be found in. Whatever lies there is answered with a code and a place,
 * never with an error of the system, a crash or an "ok"; and what is derived from the log is no evidence, whatever it says.
 */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codes } from '../errors.ts'
import { checkpointFile, metaFile, metaNoteFile, sealFile, segmentFile } from '../layout.ts'
import { openTest, temporaryDirectory, testSigner } from '../ledger.fixture.ts'
import { formatSignature, keyIdOf } from '../note.ts'
import { findStreams } from '../read/find-streams.ts'
import { readEntries } from '../read/read-entries.ts'
import type { StreamReport } from './report.ts'
import { signNote } from './tampered.fixture.ts'
import { verify } from './verify.ts'

let home: string
let own: string
let others: string
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'trailmark-ledger-'))
  own = await makeWriter(join(home, 'own'), 0)
  others = await makeWriter(join(home, 'others'), 1000)
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Two segments of 300 entries, so that there is a seal and a full tile. */
async function makeWriter(root: string, from: number): Promise<string> {
  let dir = ''
  for (let round = 0; round < 2; round++) {
    const ledger = openTest(root, { clock: { now: () => Date.now() + round * 3_700_000 } })
    dir = ledger.dir
    for (let i = 0; i < 300; i++) ledger.append(`"id":"${from + round * 300 + i}"`)
    await ledger.close()
  }
  return dir
}

/** What may be done to a file that stands in `copy` as `name`. */
const changes: Record<string, (copy: string, name: string) => void> = {
  removed: (copy, name) => rmSync(join(copy, name)),
  empty: (copy, name) => overwrite(join(copy, name), Buffer.alloc(0)),
  'cut by a byte': (copy, name) => change(join(copy, name), (bytes) => bytes.subarray(0, -1)),
  'cut in half': (copy, name) => change(join(copy, name), (bytes) => bytes.subarray(0, bytes.length >> 1)),
  'a line feed longer': (copy, name) => change(join(copy, name), (bytes) => Buffer.concat([bytes, Buffer.from('\n')])),
  'with CRLF': (copy, name) => change(join(copy, name), (bytes) => replaced(bytes, '\n', '\r\n')),
  'not UTF-8': (copy, name) =>
    change(join(copy, name), (bytes) => {
      const middle = bytes.length >> 1
      return Buffer.concat([bytes.subarray(0, middle), Buffer.from([0xc3, 0x28, 0xff]), bytes.subarray(middle)])
    }),
  '100,000 zeros': (copy, name) => overwrite(join(copy, name), Buffer.alloc(100_000)),
  '100,000 letters': (copy, name) => overwrite(join(copy, name), Buffer.alloc(100_000, 'x')),
  "another writer's": (copy, name) => overwrite(join(copy, name), readFileSync(join(others, name))),
  'a directory': (copy, name) => {
    rmSync(join(copy, name))
    mkdirSync(join(copy, name))
  },
  'a link to itself': (copy, name) => {
    rmSync(join(copy, name))
    symlinkSync(join(copy, name), join(copy, name))
  },
  'a FIFO': (copy, name) => {
    rmSync(join(copy, name))
    execFileSync('mkfifo', [join(copy, name)])
  },
  unreadable: (copy, name) => chmodSync(join(copy, name), 0),
}
const primary = [metaFile, metaNoteFile, checkpointFile, segmentFile(0), segmentFile(300), sealFile(0)]
/** Root reads whatever it likes, and an empty line behind the signed ones is a torn write. */
const harmless = new Set([`a line feed longer ${segmentFile(300)}`, `removed ${sealFile(0)}`])
const isRoot = process.getuid?.() === 0

describe.skipIf(process.platform === 'win32').each(primary)('%s', (name) => {
  it.each(Object.keys(changes).filter((what) => !(isRoot && what === 'unreadable')))('%s is answered', async (what) => {
    const copy = await damaged((dir) => changes[what]?.(dir, name))
    const report = await reportOf(copy)
    expect(report.integrity.ok).toBe(harmless.has(`${what} ${name}`))
    expect(report.integrity.breaks.length > 0 || report.notes.length > 0).toBe(true)
    for (const one of report.integrity.breaks) {
      expect(Object.keys(codes)).toContain(one.code)
      expect(one.n).toBeGreaterThanOrEqual(-1)
      expect(one.offset).toBeGreaterThanOrEqual(0)
      expect([name, ...primary]).toContain(one.file)
    }
    for (const stream of await findStreams(copy)) {
      for await (const entry of readEntries(stream)) expect(entry.n).toBeLessThan(600)
    }
  })
})

describe.skipIf(process.platform === 'win32')('what is derived from the log', () => {
  it('may be gone or be anything, and the answer on the log is the same', async () => {
    const derived = filesIn(own).filter((name) => !primary.includes(name))
    expect(derived).toContain('tile/0/000')
    const expected = await reportOf(await damaged(() => {}))
    for (const [what, spoil] of Object.entries(changes)) {
      const copy = await damaged((dir) => {
        for (const name of derived) if (existsSync(join(others, name))) spoil(dir, name)
      })
      const { entries, root, integrity, completeness } = await reportOf(copy)
      expect({ entries, root, integrity, completeness }, what).toEqual({
        entries: 600,
        root: expected.root,
        integrity: expected.integrity,
        completeness: expected.completeness,
      })
      const [stream] = await findStreams(copy)
      let count = 0
      if (stream) for await (const { n } of readEntries(stream)) expect(n).toBe(count++)
      expect(count, what).toBe(600)
    }
  })
})

describe('what is well formed and wrong', () => {
  const meta = (from: string, to: string) => (dir: string) =>
    change(join(dir, metaFile), (bytes) => replaced(bytes, from, to))
  /** A checkpoint of another text, signed as it should be. */
  const signs = (rewrite: (text: string) => string) => (dir: string) => {
    const text = readFileSync(join(dir, checkpointFile), 'utf8').split('\n\n')[0] ?? ''
    return signNote(join(dir, checkpointFile), rewrite(`${text}\n`), text.split('\n')[0] ?? '', testSigner())
  }
  const cases: Record<string, [(dir: string) => unknown, string[]]> = {
    'a newer format': [
      meta('trailmark-ledger/1', 'trailmark-ledger/2'),
      ['META_MALFORMED -1 LEDGER.json', 'CHECKPOINT_UNSIGNED -1 checkpoint'],
    ],
    'another hash': [
      meta('sha-256', 'sha-512'),
      ['META_MALFORMED -1 LEDGER.json', 'CHECKPOINT_UNSIGNED -1 checkpoint'],
    ],
    'a byte order mark': [
      (dir: string) => change(join(dir, metaFile), (bytes) => Buffer.concat([Buffer.from('\ufeff'), bytes])),
      ['META_UNSIGNED -1 LEDGER.note'],
    ],
    'an unknown member': [meta('"hash"', '"more": 1, "hash"'), ['META_UNSIGNED -1 LEDGER.note']],
    'a size with a leading zero': [
      signs((text) => text.replace('\n600\n', '\n0600\n')),
      ['CHECKPOINT_MALFORMED -1 checkpoint'],
    ],
    'a size with a sign': [
      signs((text) => text.replace('\n600\n', '\n+600\n')),
      ['CHECKPOINT_MALFORMED -1 checkpoint'],
    ],
    'a size that is none': [
      signs((text) => text.replace('\n600\n', '\n6e2\n')),
      ['CHECKPOINT_MALFORMED -1 checkpoint'],
    ],
    'a size beyond 2^53': [
      signs((text) => text.replace('\n600\n', '\n9007199254740993\n')),
      ['CHECKPOINT_MALFORMED -1 checkpoint'],
    ],
    'a root that is too short': [
      signs((text) => text.replace(/\n.{44}\n$/, '\nAAAA\n')),
      ['CHECKPOINT_MALFORMED -1 checkpoint'],
    ],
    'a checkpoint without its root': [
      signs((text) => text.replace(/\n.{44}\n$/, '\n')),
      ['CHECKPOINT_MALFORMED -1 checkpoint'],
    ],
    'a size the log does not have': [
      signs((text) => text.replace('\n600\n', '\n601\n')),
      ['CHECKPOINT_REWOUND 600 checkpoint'],
    ],
    'a checkpoint with an extension line': [signs((text) => `${text}more\n`), []],
    '16 signatures by others': [(dir: string) => cosign(dir, 16), []],
    'more signatures than anybody reads': [(dir: string) => cosign(dir, 80), ['CHECKPOINT_MALFORMED -1 checkpoint']],
    'a line of 65,536 bytes': [
      (dir: string) =>
        editLine(dir, 299, (line) => line.replace('"id":"', `"id":"${'x'.repeat(65_536 - line.length)}`)),
      ['LINE_TOO_LONG 299 seg/000000000000.jsonl'],
    ],
    'an index with a leading zero': [
      (dir: string) => editLine(dir, 7, (line) => line.replace('"n":7', '"n":07')),
      ['LINE_MALFORMED 7 seg/000000000000.jsonl'],
    ],
    'an index beyond 2^53': [
      (dir: string) => editLine(dir, 7, (line) => line.replace('"n":7', '"n":9007199254740993')),
      ['LINE_MALFORMED 7 seg/000000000000.jsonl'],
    ],
    'a line without LF at the end of a segment': [
      (dir: string) => change(join(dir, segmentFile(0)), (bytes) => bytes.subarray(0, -1)),
      ['LINE_MALFORMED 299 seg/000000000000.jsonl', 'LINE_MISSING 299 seg/000000000300.jsonl'],
    ],
  }

  it.each(Object.entries(cases))('%s is judged as what it is', async (_, [spoil, expected]) => {
    const report = await reportOf(await damaged(spoil))
    const found = report.integrity.breaks
      .filter(({ code }) => !code.startsWith('LEDGER_SEAL'))
      .map(({ code, n, file }) => `${code.replace('LEDGER_', '')} ${n} ${file}`)
    expect(found).toEqual(expected)
    if (expected.length === 0) expect(report.integrity.ok).toBe(true)
  })

  it('a key nobody knows is named where keys are pinned', async () => {
    const { streams } = await verify(own, { publicKeys: [testSigner(1).publicKey] })
    expect(streams[0]?.integrity.breaks).toMatchObject([{ code: 'LEDGER_KEY_UNKNOWN', n: -1, file: metaFile }])
  })
})

async function damaged(spoil: (dir: string) => unknown): Promise<string> {
  const copy = temporaryDirectory()
  cpSync(own, copy, { recursive: true })
  await spoil(copy)
  return copy
}

async function reportOf(dir: string): Promise<StreamReport> {
  const [report] = (await verify(dir)).streams
  if (!report) throw new Error('no stream')
  return report
}

/** Signatures of many others above our own. */
function cosign(dir: string, count: number): void {
  change(join(dir, checkpointFile), (bytes) => {
    const [text = '', signatures = ''] = bytes.toString('utf8').split('\n\n')
    const lines = Array.from({ length: count }, (_, i) => {
      const name = `witness-${i}.example`
      return formatSignature({ name, keyId: keyIdOf(name, Buffer.alloc(32, i)), signature: Buffer.alloc(64, i) })
    })
    return Buffer.from(`${text}\n\n${lines.join('')}${signatures}`)
  })
}

function editLine(dir: string, n: number, edit: (line: string) => string): void {
  change(join(dir, segmentFile(0)), (bytes) => {
    const lines = bytes.toString('utf8').split('\n')
    const line = lines[n] ?? ''
    expect(edit(line)).not.toBe(line)
    return Buffer.from(lines.with(n, edit(line)).join('\n'))
  })
}

function change(path: string, edit: (bytes: Buffer) => Buffer): void {
  const before = readFileSync(path)
  overwrite(path, edit(before))
}

/** Finished segments are read-only. */
function overwrite(path: string, bytes: Buffer): void {
  rmSync(path)
  writeFileSync(path, bytes)
}

function replaced(bytes: Buffer, from: string, to: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1')
}

function filesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
}
