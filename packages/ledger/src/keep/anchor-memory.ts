/**
 * What an anchor log already says of each writer: read backwards, a segment at a time, until everything is known.
 *
 * The entries of a `start` name the newest checkpoint of every writer, so nothing older than the last whole one is needed.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCheckpoint } from '../checkpoint.ts'
import { segmentDirectory, segmentFile, segmentsAmong } from '../layout.ts'
import { parseNote } from '../note.ts'
import { readLines } from '../read/read-lines.ts'
import { hashToHex } from '../tree.ts'
import type { PublishedCheckpoint } from './anchor.ts'
import { type AnchorEvent, parseAnchorEntry } from './anchor-entry.ts'

interface Known {
  readonly timeMs: number
  readonly checkpoint: PublishedCheckpoint
}

/** The newest checkpoint of every writer named in these writer directories of an anchor log, by origin. Never rejects. */
export async function lastAnchored(writerDirs: readonly string[]): Promise<Map<string, PublishedCheckpoint>> {
  const newest = new Map<string, Known>()
  for (const dir of writerDirs) {
    for (const [origin, known] of await lastIn(dir)) {
      if (known.timeMs >= (newest.get(origin)?.timeMs ?? Number.NEGATIVE_INFINITY)) newest.set(origin, known)
    }
  }
  return new Map([...newest].map(([origin, { checkpoint }]) => [origin, checkpoint]))
}

async function lastIn(dir: string): Promise<Map<string, Known>> {
  const newest = new Map<string, Known>()
  const segments = segmentsAmong(await readdir(join(dir, segmentDirectory)).catch(() => []))
  let followed: AnchorEvent | undefined
  for (const first of segments.reverse()) {
    const found = await readSegment(join(dir, segmentFile(first)), followed)
    for (const [origin, known] of found.checkpoints) if (!newest.has(origin)) newest.set(origin, known)
    if (found.isWhole) break
    followed = found.first ?? followed
  }
  return newest
}

interface SegmentFacts {
  readonly checkpoints: Map<string, Known>
  readonly first: AnchorEvent | undefined
  /** Whether a `start` is in it that was finished: something else follows it. One cut short by a crash may lack writers. */
  readonly isWhole: boolean
}

async function readSegment(path: string, followed: AnchorEvent | undefined): Promise<SegmentFacts> {
  const checkpoints = new Map<string, Known>()
  let first: AnchorEvent | undefined
  let last: AnchorEvent | undefined
  let isWhole = false
  await readLines(path, {
    begin: (bytes) => (start, end, _offset, tooLong) => {
      const entry = tooLong ? undefined : parseAnchorEntry(bytes.toString('utf8', start, end))
      if (!entry) return
      first ??= entry.event
      if (last === 'start' && entry.event !== 'start') isWhole = true
      last = entry.event
      for (const note of entry.checkpoints) {
        const checkpoint = checkpointOf(note)
        if (checkpoint) checkpoints.set(checkpoint.origin, { timeMs: entry.timeMs, checkpoint })
      }
    },
    onBytes: () => {},
    unfinished: () => {},
  }).catch(() => {}) // `verify` says what is wrong with it
  if (last === 'start' && followed !== undefined && followed !== 'start') isWhole = true
  return { checkpoints, first, isWhole }
}

/** A checkpoint as it stands in an anchor log. */
export function checkpointOf(note: string): PublishedCheckpoint | undefined {
  const parsed = parseNote(Buffer.from(note))
  const checkpoint = parsed && parseCheckpoint(parsed.text)
  return checkpoint && { origin: checkpoint.origin, size: checkpoint.size, root: hashToHex(checkpoint.root), note }
}
