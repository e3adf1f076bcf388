/**
 * Hashes a whole file as the disk gives it back, a slice at a time, like `read-back.ts` and without looking at its lines.
 */
import { createHash } from 'node:crypto'
import type { Disk } from '../disk.ts'
import type { Hash } from '../tree.ts'
import { inTurn } from './turns.ts'

const sliceBytes = 128 * 1024

export interface FileHash {
  readonly bytes: number
  readonly sha256: Hash
}

/**
 * Reads up to the end of the file, or one slice further than `bytesMax` at most. `pause` is called before each slice.
 * Rejects with the system's error, and with what `pause` rejects with.
 */
export async function readFileHash(
  disk: Disk,
  path: string,
  bytesMax: number,
  pause: () => Promise<void>,
): Promise<FileHash> {
  const slice = Buffer.allocUnsafe(sliceBytes)
  const file = createHash('sha256')
  let bytes = 0
  const fd = await inTurn(() => disk.later.open(path, 'read'))
  try {
    while (bytes <= bytesMax) {
      await pause()
      const count = await inTurn(() => disk.later.read(fd, slice, 0, sliceBytes, bytes))
      if (count === 0) break
      file.update(slice.subarray(0, count))
      bytes += count
    }
  } finally {
    await disk.later.close(fd)
  }
  return { bytes, sha256: file.digest('binary') }
}
