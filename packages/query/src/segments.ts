/**
 * Where in a writer's log to begin, by time: segment files are named for their first index, and each first line tells when
 * it was recorded, so a binary search over a few heads replaces reading what lies before.
 */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { NotAFile, openFile } from '@trailmark/ledger'
import { lineHead } from './line-head.ts'

/** How far a clock may step back inside one log without a record being missed by a search by time. */
export const clockStepMsMax = 3_600_000

const segmentName = /^(\d{12})\.jsonl$/

/** The first indexes of the segments in the log at `dir`, in order. */
export async function segmentStarts(dir: string): Promise<readonly number[]> {
  return (await namesIn(join(dir, 'seg')))
    .flatMap((name) => segmentName.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}

/** The index to begin at so that nothing recorded at or after `fromMs` is missed. */
export async function startFor(dir: string, fromMs: number): Promise<number | undefined> {
  const starts = await segmentStarts(dir)
  if (fromMs === Number.NEGATIVE_INFINITY) return starts[0]
  // The segment before the first one that surely begins late enough: its tail may reach into the range.
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const recordedMs = await firstRecordedMs(dir, starts[middle] ?? 0)
    if (recordedMs === undefined || recordedMs < fromMs - clockStepMsMax) low = middle + 1
    else high = middle
  }
  return starts[Math.max(0, low - 1)]
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** Undefined where the first line does not tell; a segment that is purged meanwhile does not either. */
async function firstRecordedMs(dir: string, first: number): Promise<number | undefined> {
  try {
    const file = await openFile(join(dir, segmentFile(first)))
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0)
      return lineHead(buffer.toString('latin1', 0, bytesRead))?.recordedMs
    } finally {
      await file.close()
    }
  } catch (error) {
    if (isMissing(error) || error instanceof NotAFile) return undefined
    throw error
  }
}

/** Bytes in the segments from the one that begins at `start`. */
export async function bytesFrom(dir: string, start: number): Promise<number> {
  let bytes = 0
  for (const first of await segmentStarts(dir)) {
    if (first >= start) bytes += (await stat(join(dir, segmentFile(first)))).size
  }
  return bytes
}

const segmentFile = (first: number) => join('seg', `${String(first).padStart(12, '0')}.jsonl`)

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
