/** Finished segments for those who wait for one, or keep it elsewhere: which is the newest, and what its seal says. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { lockFile, sealFile, segmentDirectory, segmentFile, segmentsAmong } from '../layout.ts'
import type { SealedSegment } from '../ledger.ts'
import { noteBytesMax, parseNote } from '../note.ts'
import { describeSeal, parseSeal } from '../seal.ts'
import { readSmallFile } from './small-file.ts'

/**
 * What the seal of a segment says, by the segment's first index; undefined while there is none that can be read. Signatures are
 * left to `verify`. Never rejects.
 *
 *     const sealed = await findSealed(stream.dir, 65_536)
 */
export async function findSealed(dir: string, first: number): Promise<SealedSegment | undefined> {
  const bytes = await readSmallFile(join(dir, sealFile(first)), noteBytesMax).catch(() => undefined)
  const note = bytes && parseNote(bytes)
  const seal = note && parseSeal(note.text)
  return seal?.first === first ? describeSeal(seal) : undefined
}

/** The first index of the newest segment that has entries, in a writer directory that somebody writes to now; else undefined. */
export async function findLiveSegment(dir: string): Promise<number | undefined> {
  try {
    await stat(join(dir, lockFile))
    const firsts = segmentsAmong(await readdir(join(dir, segmentDirectory)))
    for (const first of firsts.toReversed()) if ((await stat(join(dir, segmentFile(first)))).size > 0) return first
  } catch {
    // Nobody's, or gone meanwhile.
  }
  return undefined
}
