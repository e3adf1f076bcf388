/** Whole small files on the disk port: read up to a bound, and replaced so that a crash leaves the old one or the new one. */
import { dirname } from 'node:path'
import type { Disk } from '@trailmark/ledger'
import { systemCode } from './errors.ts'

/** Makes a directory that is there after a crash as well. */
export function makeDirectory(disk: Disk, path: string): void {
  const first = disk.makeDirectory(path)
  if (first === undefined) return
  for (let made = path; ; made = dirname(made)) {
    disk.syncDirectory(dirname(made))
    if (made === first || made === dirname(made)) return
  }
}

/** At most one byte more than `bytesMax`, so that the caller sees it is too long. Undefined where there is none. */
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

let temporaries = 0

/** Resolves once the new content is what a crash would leave. On failure either content may be found. */
export async function replaceFile(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  temporaries += 1
  const temporary = `${path}.${process.pid}-${temporaries}.tmp`
  try {
    const fd = await disk.later.open(temporary, 'create')
    try {
      for (let written = 0; written < bytes.length; ) {
        const count = await disk.later.write(fd, bytes, written, written)
        if (count === 0) throw new Error('the disk wrote nothing and gave no reason')
        written += count
      }
      await disk.later.datasync(fd)
    } finally {
      await disk.later.close(fd)
    }
    await disk.later.rename(temporary, path)
  } catch (error) {
    // A full disk must not be filled further by what failed on it.
    await disk.later.remove(temporary).catch(() => undefined)
    throw error
  }
  await disk.later.syncDirectory(dirname(path))
}
