/**
 * Makes durable what an opening found, before anybody builds on it: a process may have died between writing and syncing.
 *
 * Lines that no checkpoint covers are written again, to the same places. Had a sync of them failed, the system would take them
 * for written, and another sync would succeed without writing anything: only new bytes are sure to be written.
 */
import { dirname, join } from 'node:path'
import type { Disk } from '../disk.ts'
import { systemCode } from '../errors.ts'
import { segmentDirectory, segmentFile } from '../layout.ts'
import type { LogEnd } from './recover.ts'
import { writeAll } from './small-file.ts'

const chunkBytes = 1 << 20

/** The segments and their names. Throws the system's error. */
export function settle(disk: Disk, dir: string, unsynced: LogEnd['unsynced']): void {
  for (const { first, from, isSealed } of unsynced) {
    const path = join(dir, segmentFile(first))
    const fd = disk.open(path, isSealed ? 'read' : 'write')
    try {
      // A sealed segment was synced before it was sealed, and nothing of it was in doubt.
      if (!isSealed) writeAgain(disk, fd, from)
      disk.datasync(fd)
    } finally {
      disk.close(fd)
    }
  }
  disk.syncDirectory(join(dir, segmentDirectory))
  disk.syncDirectory(dir)
}

/**
 * The names on the way to a new writer directory: of the stream, the service, the root, and what the root stands in; and further
 * up to the first one that was `made` for it.
 */
export function settleParents(disk: Disk, dir: string, made: string | undefined): void {
  const top = made === undefined ? undefined : dirname(made)
  const isOurs = (at: string): boolean => top !== undefined && at.length >= top.length
  let at = dirname(dir)
  for (let level = 0; level < 4 || isOurs(at); level++) {
    try {
      disk.syncDirectory(at)
    } catch (error) {
      // What this user may not read, this user's processes have not made.
      if (isOurs(at) || !['EACCES', 'EPERM'].includes(systemCode(error))) throw error
    }
    if (at === dirname(at)) return
    at = dirname(at)
  }
}

function writeAgain(disk: Disk, fd: number, from: number): void {
  const chunk = Buffer.alloc(chunkBytes)
  for (let at = from; ; ) {
    const count = disk.read(fd, chunk, 0, chunk.length, at)
    if (count === 0) return
    writeAll(disk, fd, chunk.subarray(0, count), at)
    at += count
  }
}
