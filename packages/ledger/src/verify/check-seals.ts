/**
 * The seals of a writer: who signed them, and whether the segments they speak of are what the seals say.
 *
 * Nothing here is read twice. The root a seal states is compared by the walk over the lines when the tree has its size; seals
 * that follow one another are then folded, from the tree in front of the first of them, and each has to give the root it states.
 * Since that root is the lines' own, so are the subtrees. The SHA-256 of the file is for people and for stores that keep it:
 * bytes and leaves already say the same.
 */
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { LedgerErrorCode } from '../errors.ts'
import { sealFile, sealsAmong, segmentDirectory, segmentFile, segmentsAmong } from '../layout.ts'
import { isSignedBy, noteBytesMax, parseNote } from '../note.ts'
import { readSmallFile } from '../read/small-file.ts'
import { parseSeal, rangeSubtrees, type Seal } from '../seal.ts'
import { SubtreeRow } from '../subtree-row.ts'
import { frontierRanges, hashToHex } from '../tree.ts'
import type { LineCheck } from './line-check.ts'
import { listNames } from './list-names.ts'
import type { Break, Note } from './report.ts'
import type { WantedRoot } from './wanted-roots.ts'

export interface SealKeys {
  readonly origin: string
  /** Any of these may have signed a seal. None: the log's key is not known, which was told, and no signature is looked at. */
  readonly publicKeys: readonly Uint8Array[]
}

export interface SealCheck {
  /** Roots for the walk to compare. */
  readonly wanted: readonly WantedRoot[]
  /** Sizes at which the walk has to keep the frontier. */
  readonly snapshotSizes: readonly number[]
  readonly notes: readonly Note[]
  /** All breaks, with those of the seals, after the walk. What another break explains is not reported a second time. */
  settle(lines: LineCheck, found: readonly Break[]): Break[]
}

const code: LedgerErrorCode = 'LEDGER_SEAL_MISMATCH'
const label = 'that its seal says'

/** Reads every seal. To be called before the lines are read: a live writer may move on meanwhile. */
export async function checkSeals(dir: string, keys: SealKeys): Promise<SealCheck> {
  const names = await listNames(join(dir, segmentDirectory))
  const [segments, sealed] = [segmentsAmong(names), sealsAmong(names)]
  const firsts = [...segments, ...sealed].sort((a, b) => a - b)
  const breaks: Break[] = []
  const misfits: { readonly seal: Seal; readonly found: Break }[] = []
  const sound: Seal[] = []
  for (const first of sealed) {
    const seal = await readSeal(dir, first, keys)
    if ('code' in seal) {
      breaks.push(seal)
      continue
    }
    const wrong = describeRange(seal, firsts) ?? (await describeSize(dir, seal))
    if (wrong === undefined) sound.push(seal)
    else misfits.push({ seal, found: breakOf(code, first, wrong) })
  }
  const rows = rowsOf(sound)
  return {
    wanted: sound.map(({ first, next, root }) => ({
      ...{ size: next, root: hashToHex(root), code, label },
      file: sealFile(first),
    })),
    snapshotSizes: rows.flatMap(([seal]) => (seal && seal.first > 0 ? [seal.first] : [])),
    notes: describeMissing(segments.slice(0, -1), new Set(sealed)),
    settle: (lines, found) => {
      const [differing, others] = [found.filter(isOfSeal), found.filter((one) => !isOfSeal(one))]
      // Where lines are not what was sealed, the tree in front of a later seal is not the one it was made on either.
      const folded = differing.length > 0 ? [] : rows.flatMap((row) => foldRow(row, lines))
      // A segment that is gone, or another, is told at its lines.
      const unexplained = misfits.filter(({ seal }) => !others.some(({ n }) => n >= seal.first && n <= seal.next))
      const own = [...breaks, ...unexplained.map((one) => one.found)].sort((a, b) => a.n - b.n)
      return [...others, ...own, ...newsOf(differing, others, sound), ...folded]
    },
  }
}

async function readSeal(dir: string, first: number, { origin, publicKeys }: SealKeys): Promise<Seal | Break> {
  const malformed = (message: string): Break => breakOf('LEDGER_SEAL_MALFORMED', first, message)
  const bytes = await readSmallFile(join(dir, sealFile(first)), noteBytesMax).catch(() => undefined)
  const note = bytes && parseNote(bytes)
  if (!note) return malformed('this is no signed note that can be read')
  const seal = parseSeal(note.text)
  if (!seal) return malformed('this is not a seal')
  if (seal.origin !== origin) return malformed(`this is a seal of ${seal.origin}`)
  if (publicKeys.length > 0 && !publicKeys.some((publicKey) => isSignedBy(note, { name: origin, publicKey })))
    return breakOf('LEDGER_SEAL_UNSIGNED', first, `no valid signature of ${origin}`)
  return seal.first === first
    ? seal
    : breakOf(code, first, `this is the seal of the segment that begins at ${seal.first}`)
}

function describeRange({ first, next }: Seal, firsts: readonly number[]): string | undefined {
  const follower = firsts.find((one) => one > first)
  return follower === undefined || follower === next
    ? undefined
    : `the seal says that the segment ends before ${next}, the one behind it begins at ${follower}`
}

async function describeSize(dir: string, { first, bytes }: Seal): Promise<string | undefined> {
  const facts = await lstat(join(dir, segmentFile(first))).catch(() => undefined)
  if (!facts?.isFile() || facts.size === bytes) return undefined // what cannot be read is the walk's to tell
  return `the seal says ${bytes} bytes, the segment has ${facts.size}`
}

/** Seals that follow one another. */
function rowsOf(seals: readonly Seal[]): Seal[][] {
  const rows: Seal[][] = []
  for (const seal of seals) {
    const row = rows.at(-1)
    if (row?.at(-1)?.next === seal.first) row.push(seal)
    else rows.push([seal])
  }
  return rows
}

/** The first seal whose root is another one, unless a break in front of its end explains it. All behind it differ as well. */
function newsOf(differing: readonly Break[], others: readonly Break[], seals: readonly Seal[]): Break[] {
  const isOf = (seal: Seal) => (one: Break) => one.file === sealFile(seal.first)
  const seal = seals.find((one) => differing.some(isOf(one)))
  const found = seal && differing.find(isOf(seal))
  if (!seal || !found || others.some(({ n }) => n >= 0 && n < seal.next)) return []
  return [{ ...found, n: Math.min(seal.first, found.n) }]
}

/** The first seal of a row whose subtrees do not give the root it states. */
function foldRow(seals: readonly Seal[], lines: LineCheck): Break[] {
  const begin = seals[0]?.first ?? 0
  const before = begin === 0 ? [] : lines.findSnapshot(begin)?.hashes
  if (!before) return [] // the log is not as long, which was told
  const row = new SubtreeRow(0)
  for (const [i, range] of frontierRanges(begin).entries()) row.push(before[i] ?? '', range.size)
  for (const seal of seals) {
    for (const [i, range] of rangeSubtrees(seal).entries()) row.push(seal.hashes[i] ?? '', range.size)
    if (row.root() !== seal.root && !lines.breaks.some(({ n }) => n < begin))
      return [breakOf(code, seal.first, 'the subtrees in the seal do not give the root in it')]
  }
  return []
}

function describeMissing(finished: readonly number[], sealed: ReadonlySet<number>): Note[] {
  const missing = finished.filter((first) => !sealed.has(first)).map(segmentFile)
  if (missing.length === 0) return []
  const shown = missing.slice(0, 3).join(', ')
  const rest = missing.length > 3 ? ` and ${missing.length - 3} more` : ''
  return [
    { code: 'LEDGER_SEAL_MISSING', message: `${shown}${rest}: finished and not sealed; the next opening does it` },
  ]
}

function isOfSeal(one: Break): boolean {
  return one.code === code
}

function breakOf(of: LedgerErrorCode, first: number, message: string): Break {
  return { code: of, n: first, file: sealFile(first), offset: 0, message }
}
