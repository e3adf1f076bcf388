/** Whole small files: read up to a bound, and replaced so that a crash leaves the old one or the new one. */
import { dirname } from 'node:path'
import type { Disk } from '../disk.ts'
import { systemCode } from '../errors.ts'

/** The bytes of a file, at most one more than `bytesMax`, so that the caller sees it is too long. Undefined when there is none. */
export function readSmall(disk: Disk, path: string, bytesMax: number): Buffer | undefined {
  let fd: number
  try {
    fd = disk.open(path, 'read')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    const bytes = Buffer.alloc(bytesMax + 1)
    let length = 0
    while (length < bytes.length) {
      const count = disk.read(fd, bytes, length, bytes.length - length, length)
      if (count === 0) break
      length += count
    }
    return bytes.subarray(0, length)
  } finally {
    disk.close(fd)
  }
}

/** The same in the thread pool. */
export async function readSmallLater(disk: Disk, path: string, bytesMax: number): Promise<Buffer | undefined> {
  let fd: number
  try {
    fd = await disk.later.open(path, 'read')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    const bytes = Buffer.alloc(bytesMax + 1)
    let length = 0
    while (length < bytes.length) {
      const count = await disk.later.read(fd, bytes, length, bytes.length - length, length)
      if (count === 0) break
      length += count
    }
    return bytes.subarray(0, length)
  } finally {
    await disk.later.close(fd)
  }
}

/** Writes a new file beside `path`, syncs it and renames it over. The caller syncs the directory. */
export function replaceFile(disk: Disk, path: string, bytes: Uint8Array): void {
  const temporary = temporaryName(path)
  const fd = disk.open(temporary, 'create')
  try {
    writeAll(disk, fd, bytes, 0)
    disk.datasync(fd)
  } finally {
    disk.close(fd)
  }
  disk.rename(temporary, path)
}

/** The same in the thread pool. `stillWanted` is asked before the rename: a newer file may have been put there meanwhile. */
export async function replaceFileLater(
  disk: Disk,
  path: string,
  bytes: Uint8Array,
  stillWanted: () => boolean,
): Promise<void> {
  const temporary = temporaryName(path)
  const fd = await disk.later.open(temporary, 'create')
  try {
    try {
      await writeAllLater(disk, fd, bytes, 0)
      await disk.later.datasync(fd)
    } finally {
      await disk.later.close(fd)
    }
    await (stillWanted() ? disk.later.rename(temporary, path) : disk.later.remove(temporary))
  } catch (error) {
    // On a full disk it is tried again and again: what is left of each attempt would fill it further.
    await disk.later.remove(temporary).catch(() => {})
    throw error
  }
}

/** The same, and resolves once the new content is what a crash would leave. On failure either content may be found. */
export async function replaceFileDurably(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  await replaceFileLater(disk, path, bytes, () => true)
  await disk.later.syncDirectory(dirname(path))
}

/** Creates a directory with its parents, each of which is then durable in its own. Nothing when it is there. */
export function makeDirectoryDurably(disk: Disk, path: string): void {
  const first = disk.makeDirectory(path)
  if (first === undefined) return
  for (let at = path; at.length >= first.length; at = dirname(at)) disk.syncDirectory(dirname(at))
}

/** Writes everything at `position`, however often the system writes less than asked. */
export function writeAll(disk: Disk, fd: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; )
    written += progress(disk.write(fd, bytes, written, position + written))
}

export async function writeAllLater(disk: Disk, fd: number, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += progress(await disk.later.write(fd, bytes, written, position + written))
  }
}

/** A disk that writes nothing and reports no error would keep us here for ever. */
function progress(count: number): number {
  if (count === 0) throw new Error('the disk wrote nothing and gave no reason')
  return count
}

let temporaries = 0

/** Opening removes what a crash leaves of these. */
function temporaryName(path: string): string {
  temporaries += 1
  return `${path}.${process.pid}-${temporaries}.tmp`
}
