/**
 * Cuts a torn tail off a log and keeps its bytes in `quarantine/`, which is never emptied automatically.
 *
 * Each step can be repeated after a crash: the tail is only shortened once its copy is safe.
 */
import { join } from 'node:path'
import type { Disk } from '../disk.ts'
import { quarantineDirectory, segmentDirectory, segmentFile } from '../layout.ts'
import type { TornTail } from './recover.ts'
import { writeAll } from './small-file.ts'

const chunkBytes = 1 << 20

/** Returns what was cut and where it is kept, relative to `dir`. */
export function cutTail(
  disk: Disk,
  dir: string,
  torn: TornTail,
  timeMs: number,
): { bytes: number; quarantine: string } {
  const place = join(dir, quarantineDirectory)
  disk.makeDirectory(place)
  const name = freeName(disk, place, `${String(torn.first).padStart(12, '0')}-${timeMs}`)
  // 1. Copy. The tail stays where it is until the copy is safe.
  let bytes = copy(disk, join(dir, segmentFile(torn.segment)), torn.offset, join(place, name))
  disk.syncDirectory(place)
  disk.syncDirectory(dir)
  // 2. Move away the segments behind it, last one first: a crash in between leaves a shorter row without a hole.
  for (const first of torn.later.toReversed()) {
    const path = join(dir, segmentFile(first))
    bytes += disk.findFacts(path)?.size ?? 0
    disk.rename(path, join(place, `${name}-${String(first).padStart(12, '0')}.jsonl`))
  }
  disk.syncDirectory(place)
  disk.syncDirectory(join(dir, segmentDirectory))
  // 3. Cut. From here on the log ends where its last valid line does.
  const fd = disk.open(join(dir, segmentFile(torn.segment)), 'write')
  try {
    disk.truncate(fd, torn.offset)
    disk.datasync(fd)
  } finally {
    disk.close(fd)
  }
  return { bytes, quarantine: `${quarantineDirectory}/${name}` }
}

/** A clock may stand still or go back, and what is kept there already is kept. */
function freeName(disk: Disk, place: string, wanted: string): string {
  let name = wanted
  for (let again = 2; disk.findFacts(join(place, name)); again++) name = `${wanted}-${again}`
  return name
}

function copy(disk: Disk, from: string, offset: number, to: string): number {
  const source = disk.open(from, 'read')
  try {
    const target = disk.open(to, 'make')
    try {
      const chunk = Buffer.alloc(chunkBytes)
      let copied = 0
      for (;;) {
        const count = disk.read(source, chunk, 0, chunk.length, offset + copied)
        if (count === 0) break
        writeAll(disk, target, chunk.subarray(0, count), copied)
        copied += count
      }
      disk.truncate(target, copied)
      disk.datasync(target)
      return copied
    } finally {
      disk.close(target)
    }
  } finally {
    disk.close(source)
  }
}
