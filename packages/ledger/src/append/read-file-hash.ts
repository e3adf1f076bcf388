/**
 * Hashes a whole file as the disk gives it back, a slice at a time, like `read-back.ts` and without looking at its lines.
 *
 * Asking the thread pool costs more than hashing does, so several slices are read at once.
 */
import { createHash } from 'node:crypto'
import type { Disk } from '../disk.ts'
import type { Hash } from '../tree.ts'
import { inTurn } from './turns.ts'

/** Hashed without a pause. */
const sliceBytes = 128 * 1024
const readBytes = 8 * sliceBytes

export interface FileHash {
  readonly bytes: number
  readonly sha256: Hash
}

/**
 * Reads up to the end of the file, or one reading further than `bytesMax` at most. `pause` is called before each slice.
 * Rejects with the system's error, and with what `pause` rejects with.
 */
export async function readFileHash(
  disk: Disk,
  path: string,
  bytesMax: number,
  pause: () => Promise<void>,
): Promise<FileHash> {
  const read = Buffer.allocUnsafe(Math.min(readBytes, bytesMax + 1))
  const file = createHash('sha256')
  let bytes = 0
  const fd = await inTurn(() => disk.later.open(path, 'read'))
  try {
    while (bytes <= bytesMax) {
      const count = await inTurn(() => disk.later.read(fd, read, 0, read.length, bytes))
      if (count === 0) break
      for (let at = 0; at < count; at += sliceBytes) {
        await pause()
        file.update(read.subarray(at, Math.min(at + sliceBytes, count)))
      }
      bytes += count
    }
  } finally {
    await disk.later.close(fd)
  }
  return { bytes, sha256: file.digest('binary') }
}
