/**
 * Reads a segment back from the disk, a slice at a time, and hashes what is really there.
 *
 * Each slice takes a turn on the disk like any batch does, and the event loop goes round after it: whoever appends meanwhile
 * waits for one slice at most.
 */
import { createHash } from 'node:crypto'
import type { Disk } from '../disk.ts'
import { LineSplitter } from '../line-splitter.ts'
import { SubtreeRow } from '../subtree-row.ts'
import { type Hash, leafIn } from '../tree.ts'
import { inTurn } from './turns.ts'

const sliceBytes = 128 * 1024

export interface ReadBackOf {
  readonly disk: Disk
  readonly path: string
  /** The index of the first entry, and how many to read at most. */
  readonly first: number
  readonly entriesMax: number
  readonly onLeaf?: ((leaf: Hash) => void) | undefined
  /** Waits until the next slice may be read; rejects to give up. */
  pause(): Promise<void>
}

/** What a segment file holds. */
export interface ReadBack {
  readonly entries: number
  readonly bytes: number
  /** Bytes that are no part of these entries: behind the last one, or a line too long to be one. */
  readonly rest: number
  readonly sha256: Hash
  readonly row: SubtreeRow
}

/** Rejects with the system's error, and with what `pause` rejects with. */
export async function readBack(options: ReadBackOf): Promise<ReadBack> {
  const { disk, path, first, entriesMax, onLeaf, pause } = options
  const splitter = new LineSplitter(0, sliceBytes)
  const { bytes } = splitter
  const row = new SubtreeRow(first)
  const file = createHash('sha256')
  let entries = 0
  let end = 0
  const fd = await inTurn(() => disk.later.open(path, 'read'))
  try {
    while (entries < entriesMax || splitter.position === end) {
      await pause()
      const room = splitter.room()
      const at = splitter.position
      const count = await inTurn(() => disk.later.read(fd, bytes, room, Math.min(sliceBytes, bytes.length - room), at))
      if (count === 0) break
      file.update(bytes.subarray(room, room + count)) // first: hashing a leaf writes to the byte in front of it
      splitter.feed(count, (from, to, offset, tooLong) => {
        if (tooLong || entries === entriesMax) return
        const leaf = leafIn(bytes, from, to)
        row.push(leaf)
        onLeaf?.(leaf)
        entries += 1
        end = offset + to + 1 - from
      })
    }
  } finally {
    await disk.later.close(fd)
  }
  return { entries, bytes: end, rest: splitter.position - end, sha256: file.digest('binary'), row }
}
