/**
 * Reads every line of a writer, and holds what was found against everything that was said about it.
 *
 * What is signed and sound goes the short way (`scan-signed.ts`). The walk that names places (`line-check.ts`) goes over the
 * lines behind it, and over all of them as soon as anything is wrong.
 */
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Checkpoint } from '../checkpoint.ts'
import type { Frontier } from '../frontier.ts'
import * as layout from '../layout.ts'
import { readLines } from '../read/read-lines.ts'
import { checkRoot } from './check-root.ts'
import { LineCheck } from './line-check.ts'
import { listNames } from './list-names.ts'
import type { Break } from './report.ts'
import type { Resume } from './resume.ts'
import { type Scanner, scanSigned } from './scan-signed.ts'
import { Sequence } from './sequence.ts'
import { type WantedRoot, WantedRoots } from './wanted-roots.ts'

export interface Watch {
  /** May throw to stop. */
  onBytes(bytes: number): void
}

/** What the directory, and others, say of its log. */
export interface Stated {
  readonly checkpoint: Checkpoint | undefined
  readonly frontiers: readonly Frontier[]
  readonly wanted: readonly WantedRoot[]
  /** Sizes at which the frontier is to be kept: a few. */
  readonly snapshotSizes: readonly number[]
}

/** What reading every line found. */
export interface Log {
  readonly lines: LineCheck
  readonly sequence: Sequence
  readonly bytes: number
  readonly breaks: Break[]
  readonly torn: readonly Break[]
}

/** Without a scanner every line is read in order. The answer is the same. */
export async function readLog(dir: string, stated: Stated, watch: Watch, scanner: Scanner | undefined): Promise<Log> {
  if (scanner) {
    const found = await scanThenWalk(dir, stated, watch, scanner)
    if (found?.breaks.length === 0) return found
  }
  // The root alone says whether what it covers is whole. Only when it is not, the chain is followed to find out where.
  const found = await walk(dir, stated, watch, { chained: false })
  return found.breaks.length === 0 ? found : walk(dir, stated, watch, { chained: true })
}

/** What a walk begins with: nothing, or what was scanned. */
interface Begun {
  readonly sequence: Sequence
  readonly roots: WantedRoots
  readonly resume: Resume
}

async function scanThenWalk(dir: string, stated: Stated, watch: Watch, scanner: Scanner): Promise<Log | undefined> {
  const { checkpoint, wanted } = stated
  if (!checkpoint) return undefined
  const sequence = new Sequence()
  const roots = new WantedRoots(wanted)
  const part = { size: checkpoint.size, snapshotSizes: snapshotSizesOf(stated), roots, sequence }
  const resume = await scanSigned(dir, part, scanner, (bytes) => watch.onBytes(bytes))
  return resume && walk(dir, stated, watch, { chained: false, begun: { sequence, roots, resume } })
}

async function walk(
  dir: string,
  stated: Stated,
  watch: Watch,
  { chained, begun }: { readonly chained: boolean; readonly begun?: Begun },
): Promise<Log> {
  const { checkpoint, frontiers, wanted } = stated
  const { sequence, roots, resume } = begun ?? { sequence: new Sequence(), roots: new WantedRoots(wanted) }
  const lines = new LineCheck(
    { signedSize: checkpoint?.size ?? 0, sizes: snapshotSizesOf(stated), roots, chained },
    (bytes, body, bodyEnd, n) => sequence.visit(bytes, body, bodyEnd, n),
    resume,
  )
  const { bytes, breaks: unreadable } = await readSegments(dir, lines, watch, resume)
  lines.end()
  const torn = lines.takeTornTail()
  sequence.end(lines.entries)
  const ofRoot = checkpoint ? checkRoot(lines, checkpoint, frontiers) : []
  const breaks = [...unreadable, ...lines.breaks, ...ofRoot, ...roots.breaks(lines.entries)]
  return { lines, sequence, bytes, breaks, torn }
}

function snapshotSizesOf({ checkpoint, frontiers, snapshotSizes }: Stated): number[] {
  return [checkpoint?.size ?? 0, ...frontiers.map((one) => one.size), ...snapshotSizes]
}

async function readSegments(
  dir: string,
  lines: LineCheck,
  watch: Watch,
  resume: Resume | undefined,
): Promise<{ bytes: number; breaks: Break[] }> {
  const breaks: Break[] = []
  let total = resume?.bytes ?? 0
  const seg = await lstat(join(dir, layout.segmentDirectory)).catch(() => undefined)
  if (seg && !seg.isDirectory()) {
    const message = 'a link or a file stands where the segments should be'
    const file = layout.segmentDirectory
    breaks.push({ code: 'LEDGER_SEGMENT_UNREADABLE', n: -1, file, offset: 0, message })
  }
  const segments = layout.segmentsAmong(await listNames(join(dir, layout.segmentDirectory)))
  for (const first of segments.filter((one) => one >= (resume?.segment ?? 0))) {
    const file = layout.segmentFile(first)
    const isBegun = first === resume?.segment
    if (!isBegun) lines.beginSegment(first, file)
    let stopped: unknown
    const visitor = {
      begin: (bytes: Buffer) => (start: number, end: number, offset: number, tooLong: boolean) =>
        lines.line(bytes, start, end, file, offset, tooLong),
      unfinished: (offset: number, bytes: number) => lines.unfinished(file, offset, bytes),
      onBytes(bytes: number) {
        total += bytes
        try {
          watch.onBytes(bytes)
        } catch (error) {
          stopped = error
          throw error
        }
      },
    }
    try {
      await readLines(join(dir, file), visitor, isBegun ? resume.offset : 0)
    } catch (error) {
      if (stopped !== undefined) throw stopped
      breaks.push({ code: 'LEDGER_SEGMENT_UNREADABLE', n: first, file, offset: 0, message: String(error) })
    }
  }
  return { bytes: total, breaks }
}
