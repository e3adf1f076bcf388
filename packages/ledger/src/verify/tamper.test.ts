/** What tampering leaves to be found: by somebody with the public key alone, and by somebody who kept two roots outside. */
import { cpSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { segmentFile } from '../layout.ts'
import { closedLedger, temporaryDirectory, testSigner } from '../ledger.fixture.ts'
import type { VerifyReport } from './report.ts'
import { bodiesOf, linesOf, makeVictim, rewrite, swapKeys, type Victim, writeLines } from './tampered.fixture.ts'
import { verify } from './verify.ts'

interface Attack {
  /** Changes the victim, or makes something else of it and returns the root of that. */
  readonly change: (victim: Victim) => string | Promise<string | undefined> | undefined
  /** Breaks as `code n file:offset`, where `seg/40:5` is the beginning of the sixth line in the segment that begins at 40. */
  readonly alone: readonly string[]
  readonly withRoots: readonly string[]
}

const edited = (line: string): string => line.replace('entry number', 'another text')
const signed = 'checkpoint:0'
const heldAt = (n: number): string => `ROOT_HELD ${n} ${signed}`

/** Somebody who can write the files and has no key. */
const withoutKey: Record<string, Attack> = {
  nothing: { change: () => undefined, alone: [], withRoots: [] },
  'an entry is edited': {
    change: ({ dir }) => replaceLines(dir, 40, (lines) => lines.with(5, edited(lines[5] ?? ''))),
    alone: ['LINE_HASH 45 seg/40:5'],
    withRoots: ['LINE_HASH 45 seg/40:5', heldAt(90)],
  },
  'an entry before both roots is edited': {
    change: ({ dir }) => replaceLines(dir, 0, (lines) => lines.with(5, edited(lines[5] ?? ''))),
    alone: ['LINE_HASH 5 seg/0:5'],
    withRoots: ['LINE_HASH 5 seg/0:5', heldAt(40), heldAt(90)],
  },
  'an entry is deleted': {
    change: ({ dir }) => replaceLines(dir, 40, (lines) => lines.toSpliced(5, 1)),
    alone: ['LINE_MISSING 45 seg/40:5'],
    withRoots: ['LINE_MISSING 45 seg/40:5', heldAt(90)],
  },
  'an entry is inserted': {
    change: ({ dir }) => replaceLines(dir, 40, (lines) => lines.toSpliced(5, 0, edited(lines[4] ?? ''))),
    alone: ['LINE_REPEATED 44 seg/40:5'],
    withRoots: ['LINE_REPEATED 44 seg/40:5'],
  },
  'two entries are reordered': {
    change: ({ dir }) => replaceLines(dir, 40, (lines) => lines.toSpliced(5, 2, lines[6] ?? '', lines[5] ?? '')),
    alone: ['LINE_MISSING 45 seg/40:5', 'LINE_REPEATED 45 seg/40:6'],
    withRoots: ['LINE_MISSING 45 seg/40:5', 'LINE_REPEATED 45 seg/40:6', heldAt(90)],
  },
  'an entry is duplicated': {
    change: ({ dir }) => replaceLines(dir, 40, (lines) => lines.toSpliced(6, 0, lines[5] ?? '')),
    alone: ['LINE_REPEATED 45 seg/40:6'],
    withRoots: ['LINE_REPEATED 45 seg/40:6'],
  },
  'the head is cut': {
    change: ({ dir }) => replaceLines(dir, 0, (lines) => lines.slice(3)),
    alone: ['LINE_MISSING 0 seg/0:0'],
    withRoots: ['LINE_MISSING 0 seg/0:0', heldAt(40), heldAt(90)],
  },
  'the tail is cut': {
    change: ({ dir }) => replaceLines(dir, 60, (lines) => lines.slice(0, 10)),
    alone: [`CHECKPOINT_REWOUND 70 ${signed}`],
    withRoots: [`CHECKPOINT_REWOUND 70 ${signed}`, heldAt(70)],
  },
  'the first segment is removed': {
    change: ({ dir }) => removeSegment(dir, 0),
    alone: ['LINE_MISSING 0 seg/40:0'],
    withRoots: ['LINE_MISSING 0 seg/40:0', heldAt(40), heldAt(90)],
  },
  'a segment in the middle is removed': {
    change: ({ dir }) => removeSegment(dir, 40),
    alone: ['LINE_MISSING 40 seg/60:0'],
    withRoots: ['LINE_MISSING 40 seg/60:0', heldAt(90)],
  },
  'an old segment is played again': {
    change: ({ dir }) => {
      cpSync(join(dir, segmentFile(40)), join(dir, segmentFile(90)))
      return undefined
    },
    alone: ['LINE_REPEATED 40 seg/90:0'],
    withRoots: ['LINE_REPEATED 40 seg/90:0'],
  },
  'a copy is forked off beside it': {
    change({ root, dir }) {
      cpSync(dir, join(root, 'w-ffffffffffff'), { recursive: true })
      return undefined
    },
    alone: [
      'WRITER_MISPLACED -1 LEDGER.json:0',
      'WRITER_MISPLACED -1 LEDGER.json:0',
      'WRITER_MISPLACED -1 LEDGER.json:0',
    ],
    withRoots: [
      'WRITER_MISPLACED -1 LEDGER.json:0',
      'WRITER_MISPLACED -1 LEDGER.json:0',
      'WRITER_MISPLACED -1 LEDGER.json:0',
    ],
  },
  'the whole directory is put back to an older state': {
    change: ({ older }) => older,
    alone: [],
    withRoots: [heldAt(40)],
  },
}

/** Somebody who has the log key, too: what was not seen from outside he can change, and no more. */
const withKey: Record<string, Attack> = {
  'everything is hashed and signed again after an edit': {
    change: ({ dir }) => resign(dir, (all) => all.with(45, { ...need(all[45]), body: '"i":45,"text":"forged"' })),
    alone: [],
    withRoots: [heldAt(90)],
  },
  'everything is hashed and signed again after an edit of what both saw': {
    change: ({ dir }) => resign(dir, (all) => all.with(5, { ...need(all[5]), body: '"i":5,"text":"forged"' })),
    alone: [],
    withRoots: [heldAt(40), heldAt(90)],
  },
  'an entry is deleted and the rest signed again': {
    change: ({ dir }) => resign(dir, (all) => all.toSpliced(45, 1)),
    alone: [],
    withRoots: [heldAt(89)],
  },
  'an entry is inserted and the rest signed again': {
    change: ({ dir }) =>
      resign(dir, (all) => all.toSpliced(45, 0, { ...need(all[44]), body: '"i":45,"text":"forged"' })),
    alone: [],
    withRoots: [heldAt(90)],
  },
  'the tail is cut and the rest signed again': {
    change: ({ dir }) => resign(dir, (all) => all.slice(0, 70)),
    alone: [],
    withRoots: [heldAt(70)],
  },
  'the head is cut and the rest signed again': {
    change: ({ dir }) => resign(dir, (all) => all.slice(3)),
    alone: [],
    withRoots: [heldAt(40), heldAt(87)],
  },
  'another history is forked off after what was seen': {
    change: ({ dir }) =>
      resign(dir, (all) => [...all.slice(0, 40), ...all.slice(40).map(({ d }) => ({ d, body: '"text":"fork"' }))]),
    alone: [],
    withRoots: [heldAt(90)],
  },
  'the keys are swapped': {
    change: async ({ dir }) => {
      await swapKeys(dir, testSigner(66))
      return undefined
    },
    alone: ['KEY_UNKNOWN -1 LEDGER.json:0'],
    withRoots: ['KEY_UNKNOWN -1 LEDGER.json:0'],
  },
}

describe.each([
  ['without the key', withoutKey],
  ['with the key', withKey],
])('when somebody %s tampers', (_, attacks) => {
  it.each(Object.entries(attacks))('so that %s, it is found where it is', async (_, attack) => {
    const victim = await makeVictim()
    const root = (await attack.change(victim)) ?? victim.root
    const publicKeys = [testSigner().publicKey]
    const offsets = new Map(
      [0, 40, 60].flatMap((first) => {
        let offset = 0
        return [...linesAt(victim.dir, first), ''].map((line, i) => {
          const place: [string, string] = [`seg/${first}:${i}`, `${segmentFile(first)}:${offset}`]
          offset += Buffer.byteLength(line) + 1
          return place
        })
      }),
    )
    offsets.set('seg/90:0', `${segmentFile(90)}:0`)
    const placed = (all: readonly string[]): string[] =>
      all.map((one) => one.replace(/seg\/\S+$/, (at) => offsets.get(at) ?? at))
    expect(breaksIn(await verify(root, { publicKeys })), 'alone').toEqual(placed(attack.alone))
    const heldRoots = victim.held
    const kept = await verify(root, { publicKeys, heldRoots, workers: 2 })
    expect(breaksIn(kept), 'with roots').toEqual(placed(attack.withRoots))
    expect(kept.ok).toBe(attack.withRoots.length === 0)
  })
})

describe('a writer that is removed', () => {
  it('is missed by somebody who kept a root of it, and by nobody else', async () => {
    const victim = await makeVictim()
    const other = temporaryDirectory()
    await closedLedger(3, other)
    expect((await verify(other)).ok).toBe(true)
    const report = await verify(other, { heldRoots: victim.held })
    expect(report).toMatchObject({ ok: false, lost: [victim.origin] })
    expect(basename(victim.dir)).toBe(victim.origin.split('/').at(-1))
  })
})

function breaksIn({ streams }: VerifyReport): string[] {
  return streams
    .flatMap(({ integrity }) => integrity.breaks)
    .map(({ code, n, file, offset }) => `${code.replace('LEDGER_', '')} ${n} ${file}:${offset}`)
}

function replaceLines(dir: string, first: number, change: (lines: string[]) => string[]): undefined {
  const before = linesOf(dir, first)
  const after = change(before)
  expect(after).not.toEqual(before)
  writeLines(dir, first, after)
}

function removeSegment(dir: string, first: number): undefined {
  rmSync(join(dir, segmentFile(first)))
}

type Bodies = ReturnType<typeof bodiesOf>

async function resign(dir: string, change: (all: Bodies) => Bodies): Promise<undefined> {
  await rewrite(dir, change(bodiesOf(dir)))
}

function need<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there are fewer entries')
  return value
}

function linesAt(dir: string, first: number): string[] {
  try {
    return linesOf(dir, first)
  } catch {
    return []
  }
}
