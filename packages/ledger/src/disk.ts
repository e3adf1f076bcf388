/**
 * The few calls the writer makes to a file system, as a port, so that tests can make every one of them fail.
 *
 * Opening and the last flush at the end of a process are synchronous; everything between runs in the thread pool and stands
 * under `later`. Only the real implementation knows what a platform cannot do: Windows cannot sync a directory.
 */
import * as fs from 'node:fs'
import { makeDirectories } from './make-directories.ts'

/** What the writer wants to know of a file. `ino` and `nlink` tell whether it is still the one that was opened. */
export interface FileFacts {
  readonly ino: number
  readonly dev: number
  readonly nlink: number
  readonly size: number
  readonly mode: number
  readonly mtimeMs: number
  readonly birthtimeMs: number
}

/** `read`: must exist. `write`: must exist, opened for both. `create`: must not exist. `make`: either. */
export type OpenMode = 'read' | 'write' | 'create' | 'make'

/** The calls that run in the thread pool. Each rejects with the system's error. */
export interface DiskLater {
  open(path: string, mode: OpenMode): Promise<number>
  /** Reads at most `length` bytes at `position` into `bytes` at `offset`; returns how many, 0 at the end of the file. */
  read(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): Promise<number>
  /** Writes at `position`, never at the end of file; may write less than asked and returns how much. */
  write(fd: number, bytes: Uint8Array, offset: number, position: number): Promise<number>
  datasync(fd: number): Promise<void>
  truncate(fd: number, size: number): Promise<void>
  close(fd: number): Promise<void>
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  chmod(path: string, mode: number): Promise<void>
  syncDirectory(path: string): Promise<void>
}

/** A file system as the writer sees it. Each call throws the system's error. */
export interface Disk {
  /** Creates a directory and its parents; returns the first one made, undefined when all were there. */
  makeDirectory(path: string): string | undefined
  /** Names in a directory, in no order. */
  list(path: string): string[]
  /** Undefined when nothing is there. */
  findFacts(path: string): FileFacts | undefined
  open(path: string, mode: OpenMode): number
  read(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number
  write(fd: number, bytes: Uint8Array, offset: number, position: number): number
  datasync(fd: number): void
  truncate(fd: number, size: number): void
  close(fd: number): void
  rename(from: string, to: string): void
  remove(path: string): void
  syncDirectory(path: string): void
  readonly later: DiskLater
}

// A FIFO in a file's place must not stop a start, and a link must not lead what is written out of the directory.
const careful = (fs.constants.O_NONBLOCK ?? 0) | (fs.constants.O_NOFOLLOW ?? 0)
const flags: Record<OpenMode, number> = {
  read: careful | fs.constants.O_RDONLY,
  write: careful | fs.constants.O_RDWR,
  create: careful | fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_EXCL,
  make: careful | fs.constants.O_RDWR | fs.constants.O_CREAT,
}
/** Files are for their owner and group alone: they hold an audit trail. */
const fileMode = 0o640
const directoryMode = 0o750
const directoriesSync = process.platform !== 'win32'

/** The file system of this machine. */
export const realDisk: Disk = {
  makeDirectory: (path) => makeDirectories(path, directoryMode),
  list: (path) => fs.readdirSync(path),
  findFacts: (path) => fs.statSync(path, { throwIfNoEntry: false }),
  open: (path, mode) => fs.openSync(path, flags[mode], fileMode),
  read: (fd, bytes, offset, length, position) => fs.readSync(fd, bytes, offset, length, position),
  write: (fd, bytes, offset, position) => fs.writeSync(fd, bytes, offset, bytes.length - offset, position),
  datasync: (fd) => fs.fdatasyncSync(fd),
  truncate: (fd, size) => fs.ftruncateSync(fd, size),
  close: (fd) => fs.closeSync(fd),
  rename: (from, to) => fs.renameSync(from, to),
  remove: (path) => fs.unlinkSync(path),
  syncDirectory(path) {
    if (!directoriesSync) return
    const fd = fs.openSync(path, fs.constants.O_RDONLY)
    try {
      fs.fsyncSync(fd)
    } finally {
      fs.closeSync(fd)
    }
  },
  later: {
    open: (path, mode) => called((done) => fs.open(path, flags[mode], fileMode, done)),
    read: (fd, bytes, offset, length, position) => called((done) => fs.read(fd, bytes, offset, length, position, done)),
    write: (fd, bytes, offset, position) =>
      called((done) => fs.write(fd, bytes, offset, bytes.length - offset, position, done)),
    datasync: (fd) => called((done) => fs.fdatasync(fd, done)),
    truncate: (fd, size) => called((done) => fs.ftruncate(fd, size, done)),
    close: (fd) => called((done) => fs.close(fd, done)),
    rename: (from, to) => called((done) => fs.rename(from, to, done)),
    remove: (path) => called((done) => fs.unlink(path, done)),
    chmod: (path, mode) => called((done) => fs.chmod(path, mode, done)),
    async syncDirectory(path) {
      if (!directoriesSync) return
      const fd = await called<number>((done) => fs.open(path, fs.constants.O_RDONLY, done))
      try {
        await called<void>((done) => fs.fsync(fd, done))
      } finally {
        await called<void>((done) => fs.close(fd, done))
      }
    },
  },
}

function called<T>(start: (done: (error: Error | null, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => start((error, value) => (error ? reject(error) : resolve(value as T))))
}
