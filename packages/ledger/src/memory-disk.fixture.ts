/**
 * A disk in memory that knows what of it is durable, so that thousands of crashes take seconds.
 *
 * Directory entries are durable once their directory was synced; of what was done to them since, a loss of power leaves any
 * part, each operation (a rename is one) by itself. Of file contents see `memory-file.fixture.ts`. `killed` is what a dead
 * process leaves and `afterPowerLoss` what a dead machine does; both are new disks, and this one goes on.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import type { Disk, DiskLater, FileFacts, OpenMode } from './disk.ts'
import { MemoryFile, type Pick } from './memory-file.fixture.ts'

class Directory {
  readonly entries = new Map<string, Entry>()
  readonly durable = new Map<string, Entry>()
}
type Entry = Directory | MemoryFile

/** What one call changes: entries by directory and name; undefined removes. */
type Operation = readonly { readonly directory: Directory; readonly name: string; readonly entry: Entry | undefined }[]

const isFile = 0o100000
const isDirectory = 0o040000

export class MemoryDisk implements Disk {
  /** How many bytes all files together may have; a write beyond it fails with ENOSPC after what fits. */
  bytesMax = Number.POSITIVE_INFINITY
  /** At most so many bytes are written by one call. */
  writeBytesMax = Number.POSITIVE_INFINITY
  /** Asked at each sync of a file or directory; true makes it fail, and what was to be written is lost without a trace. */
  failsSync: (path: string) => boolean = () => false
  /** Chooses what a failed sync still wrote. */
  pick: Pick = () => 0
  now: () => number = Date.now
  readonly #root: Directory
  readonly #open = new Map<number, { file: MemoryFile; path: string; writable: boolean }>()
  #unsynced: Operation[] = []
  #inodes = 1
  #descriptors = 1000

  constructor(root?: Directory, inodes = 1) {
    this.#root = root ?? new Directory()
    this.#inodes = inodes
  }

  makeDirectory = (path: string): string | undefined => {
    let directory = this.#root
    let at = '/'
    let first: string | undefined
    for (const name of partsOf(path)) {
      at = join(at, name)
      const entry = directory.entries.get(name)
      if (entry instanceof MemoryFile) throw systemError('EEXIST', at)
      const next = entry ?? new Directory()
      if (!entry) {
        first ??= at
        this.#change([{ directory, name, entry: next }])
      }
      directory = next
    }
    return first
  }

  list = (path: string): string[] => [...this.#directory(path).entries.keys()]

  findFacts = (path: string): FileFacts | undefined => {
    const entry = this.#find(path)
    if (!entry) return undefined
    const rest = { ino: 0, dev: 1, nlink: 2, size: 0, mode: isDirectory | 0o750, mtimeMs: 0, birthtimeMs: 0 }
    if (entry instanceof Directory) return rest
    const { ino, size, mode, mtimeMs, birthtimeMs, links } = entry
    return { ino, dev: 1, nlink: links, size, mode, mtimeMs, birthtimeMs }
  }

  open = (path: string, mode: OpenMode): number => {
    const directory = this.#directory(dirname(path))
    const name = posix.basename(path)
    const found = directory.entries.get(name)
    if (found instanceof Directory) throw systemError('EISDIR', path)
    if (found && mode === 'create') throw systemError('EEXIST', path)
    if (found && mode !== 'read' && (found.mode & 0o200) === 0) throw systemError('EACCES', path)
    if (!found && (mode === 'read' || mode === 'write')) throw systemError('ENOENT', path)
    const file = found ?? new MemoryFile(this.#inodes++, isFile | 0o640, this.now())
    if (!found) this.#change([{ directory, name, entry: file }])
    const fd = this.#descriptors++
    this.#open.set(fd, { file, path, writable: mode !== 'read' })
    return fd
  }

  read = (fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number =>
    this.#handle(fd).file.read(bytes, offset, length, position)

  write = (fd: number, bytes: Uint8Array, offset: number, position: number): number => {
    const { file, path, writable } = this.#handle(fd)
    if (!writable) throw systemError('EBADF', path)
    let length = Math.min(bytes.length - offset, this.writeBytesMax)
    if (this.bytesMax !== Number.POSITIVE_INFINITY) {
      length = Math.min(length, file.size - position + this.bytesMax - this.bytesUsed())
      if (length <= 0) throw systemError('ENOSPC', path)
    }
    file.write(bytes.subarray(offset, offset + length), position, this.now())
    return length
  }

  datasync = (fd: number): void => {
    const { file, path } = this.#handle(fd)
    if (this.failsSync(path)) {
      file.failSync(this.pick)
      throw systemError('EIO', path)
    }
    file.sync()
  }

  truncate = (fd: number, size: number): void => {
    const { file, path, writable } = this.#handle(fd)
    if (!writable) throw systemError('EINVAL', path)
    file.truncate(size, this.now())
  }

  close = (fd: number): void => {
    this.#handle(fd)
    this.#open.delete(fd)
  }

  rename = (from: string, to: string): void => {
    const [source, target] = [this.#directory(dirname(from)), this.#directory(dirname(to))]
    const entry = source.entries.get(posix.basename(from))
    if (!entry) throw systemError('ENOENT', from)
    if (target.entries.get(posix.basename(to)) instanceof Directory) throw systemError('EISDIR', to)
    this.#change([
      { directory: source, name: posix.basename(from), entry: undefined },
      { directory: target, name: posix.basename(to), entry },
    ])
  }

  remove = (path: string): void => {
    const directory = this.#directory(dirname(path))
    const name = posix.basename(path)
    const entry = directory.entries.get(name)
    if (!entry) throw systemError('ENOENT', path)
    if (entry instanceof Directory) throw systemError('EISDIR', path)
    this.#change([{ directory, name, entry: undefined }])
  }

  chmod = (path: string, mode: number): void => {
    const entry = this.#find(path)
    if (!entry) throw systemError('ENOENT', path)
    if (entry instanceof MemoryFile) entry.chmod(mode)
  }

  syncDirectory = (path: string): void => {
    const directory = this.#directory(path)
    if (this.failsSync(path)) throw systemError('EIO', path)
    // What is durable is a beginning of what was done to each directory, and a rename is done to two at once.
    const touched = new Set([directory])
    let isNew = true
    while (isNew) {
      const before = touched.size
      for (const operation of this.#unsynced) {
        if (operation.some((one) => touched.has(one.directory))) for (const one of operation) touched.add(one.directory)
      }
      isNew = touched.size > before
    }
    const durable = this.#unsynced.filter((operation) => operation.some((one) => touched.has(one.directory)))
    this.#unsynced = this.#unsynced.filter((operation) => !durable.includes(operation))
    for (const { directory: where, name, entry } of durable.flat()) put(where.durable, name, entry)
  }

  readonly later: DiskLater = {
    open: async (path, mode) => this.open(path, mode),
    read: async (fd, bytes, offset, length, position) => this.read(fd, bytes, offset, length, position),
    write: async (fd, bytes, offset, position) => this.write(fd, bytes, offset, position),
    datasync: async (fd) => this.datasync(fd),
    truncate: async (fd, size) => this.truncate(fd, size),
    close: async (fd) => this.close(fd),
    rename: async (from, to) => this.rename(from, to),
    remove: async (path) => this.remove(path),
    chmod: async (path, mode) => this.chmod(path, mode),
    syncDirectory: async (path) => this.syncDirectory(path),
  }

  /** The bytes of a file. */
  content(path: string): Buffer {
    const entry = this.#find(path)
    if (!(entry instanceof MemoryFile)) throw systemError('ENOENT', path)
    return entry.content()
  }

  /** Puts bytes in a file's place as somebody else would, durable at once. */
  putContent(path: string, bytes: Uint8Array): void {
    const directory = this.#directory(dirname(path))
    const file = new MemoryFile(this.#inodes++, isFile | 0o640, this.now(), Buffer.from(bytes))
    this.#change([{ directory, name: posix.basename(path), entry: file }])
    this.syncDirectory(dirname(path))
  }

  /** The disk as the next process finds it: everything that was written is there, and is not synced more than it was. */
  killed(): MemoryDisk {
    const twin = twins((file) => file.asIs())
    const copy = new MemoryDisk(twin.directory(this.#root), this.#inodes)
    const operations = this.#unsynced.map((operation) =>
      operation.map(({ directory, name, entry }) => ({
        directory: twin.directory(directory),
        name,
        entry: twin.entry(entry),
      })),
    )
    copy.#unsynced.push(...operations)
    return copy
  }

  /** The disk as the machine finds it when it starts again. */
  afterPowerLoss(pick: Pick): MemoryDisk {
    const left = new Map<Directory, Map<string, Entry>>()
    for (const operation of this.#unsynced) {
      if (pick(2) === 0) continue
      for (const { directory, name, entry } of operation) {
        const names = left.get(directory) ?? new Map(directory.durable)
        left.set(directory, names)
        put(names, name, entry)
      }
    }
    const twin = twins(
      (file) => file.afterPowerLoss(pick),
      (directory) => left.get(directory) ?? directory.durable,
    )
    return new MemoryDisk(twin.directory(this.#root), this.#inodes)
  }

  /** Writes everything below `root` into a real directory. */
  materialise(root: string, target: string): void {
    mkdirSync(target, { recursive: true })
    for (const [name, entry] of this.#directory(root).entries) {
      if (entry instanceof Directory) this.materialise(join(root, name), join(target, name))
      else writeFileSync(join(target, name), entry.content(), { mode: entry.mode & 0o777 })
    }
  }

  #change(operation: Operation): void {
    for (const { directory, name, entry } of operation) {
      const before = directory.entries.get(name)
      if (before instanceof MemoryFile) before.links -= 1
      if (entry instanceof MemoryFile) entry.links += 1
      put(directory.entries, name, entry)
    }
    this.#unsynced.push(operation)
  }

  /** Of all files together. */
  bytesUsed(directory = this.#root): number {
    let bytes = 0
    for (const entry of directory.entries.values()) {
      bytes += entry instanceof Directory ? this.bytesUsed(entry) : entry.size
    }
    return bytes
  }

  #find(path: string): Entry | undefined {
    let at: Entry = this.#root
    for (const name of partsOf(path)) {
      if (at instanceof MemoryFile) throw systemError('ENOTDIR', path)
      const next = at.entries.get(name)
      if (!next) return undefined
      at = next
    }
    return at
  }

  #directory(path: string): Directory {
    const entry = this.#find(path)
    if (!entry) throw systemError('ENOENT', path)
    if (entry instanceof MemoryFile) throw systemError('ENOTDIR', path)
    return entry
  }

  #handle(fd: number): { file: MemoryFile; path: string; writable: boolean } {
    const handle = this.#open.get(fd)
    if (!handle) throw systemError('EBADF', String(fd))
    return handle
  }
}

interface Twins {
  directory(of: Directory): Directory
  entry(of: Entry | undefined): Entry | undefined
}

/** Copies a tree, each file and directory once. With `leftOf`, those names are left and are durable. */
function twins(
  fileOf: (file: MemoryFile) => MemoryFile,
  leftOf?: (directory: Directory) => ReadonlyMap<string, Entry>,
): Twins {
  const made = new Map<Entry, Entry>()
  const entry = (of: Entry): Entry => (of instanceof MemoryFile ? file(of) : directory(of))
  const file = (of: MemoryFile): MemoryFile => {
    const known = made.get(of)
    if (known instanceof MemoryFile) return known
    const twin = fileOf(of)
    made.set(of, twin)
    return twin
  }
  const directory = (of: Directory): Directory => {
    const known = made.get(of)
    if (known instanceof Directory) return known
    const twin = new Directory()
    made.set(of, twin)
    for (const [name, one] of leftOf?.(of) ?? of.durable) twin.durable.set(name, entry(one))
    for (const [name, one] of leftOf?.(of) ?? of.entries) {
      const found = entry(one)
      if (found instanceof MemoryFile) found.links += 1
      twin.entries.set(name, found)
    }
    return twin
  }
  return { directory, entry: (of) => (of === undefined ? undefined : entry(of)) }
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '')
}

function put(entries: Map<string, Entry>, name: string, entry: Entry | undefined): void {
  if (entry) entries.set(name, entry)
  else entries.delete(name)
}

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: in memory, ${path}`), { code })
}
