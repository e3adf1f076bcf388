/**
 * A file as a running system sees it, beside what its disk may hold of it.
 *
 * The disk writes sectors of 512 bytes, in any order and at any time between a write and the end of the next sync. So each
 * sector that was written since the last sync has several versions, and so have the size and the mode: a loss of power leaves
 * any of them, each chosen by itself. That is more than real file systems allow, and no less.
 */

const sectorBytes = 512

/** A number from 0 to `choices` - 1. */
export type Pick = (choices: number) => number

export class MemoryFile {
  readonly ino: number
  size = 0
  mode: number
  mtimeMs: number
  readonly birthtimeMs: number
  /** In how many directory entries it stands. */
  links = 0
  #bytes: Buffer
  /** Another file has the same bytes: copied before they are changed. */
  #shared = false
  /** Of each sector written since the last sync, what it held before, oldest first. */
  #earlier = new Map<number, Buffer[]>()
  #earlierSizes: number[] = []
  #earlierModes: number[] = []
  /** Sectors the system takes for written, and whose writing failed: what the disk holds instead. */
  #lost = new Map<number, Buffer>()

  constructor(ino: number, mode: number, timeMs: number, bytes: Buffer = Buffer.alloc(0), size = bytes.length) {
    this.ino = ino
    this.mode = mode
    this.mtimeMs = timeMs
    this.birthtimeMs = timeMs
    this.#bytes = bytes
    this.size = size
  }

  /** Bytes a sync would still have to write. */
  get isDirty(): boolean {
    return this.#earlier.size > 0 || this.#earlierSizes.length > 0
  }

  content(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.size))
  }

  read(into: Uint8Array, offset: number, length: number, position: number): number {
    const count = Math.max(0, Math.min(length, this.size - position))
    if (count > 0) into.set(this.#bytes.subarray(position, position + count), offset)
    return count
  }

  write(bytes: Uint8Array, position: number, timeMs: number): void {
    if (bytes.length === 0) return
    const end = position + bytes.length
    this.#reserve(end)
    this.#remember(position, end)
    this.#bytes.set(bytes, position)
    this.#resize(Math.max(this.size, end))
    this.mtimeMs = timeMs
  }

  truncate(size: number, timeMs: number): void {
    if (size === this.size) return
    this.#reserve(size)
    if (size < this.size) {
      this.#remember(size, this.size)
      this.#bytes.fill(0, size, this.size)
    }
    this.#resize(size)
    this.mtimeMs = timeMs
  }

  chmod(mode: number): void {
    this.#earlierModes.push(this.mode)
    this.mode = (this.mode & ~0o777) | mode
  }

  sync(): void {
    for (const sector of this.#earlier.keys()) this.#lost.delete(sector)
    this.#earlier.clear()
    this.#earlierSizes = []
    this.#earlierModes = []
  }

  /**
   * A sync that failed, as Linux does it: some of the sectors were written, others not, and the system takes all of them for
   * written. A second sync then succeeds without writing anything.
   */
  failSync(pick: Pick): void {
    for (const [sector, earlier] of this.#earlier) {
      const version = earlier[pick(earlier.length + 1)]
      if (version) this.#lost.set(sector, version)
      else this.#lost.delete(sector)
    }
    this.#earlier.clear()
  }

  /** The same file in a copy of the disk: what a killed process leaves. What was not synced still is not. */
  asIs(): MemoryFile {
    const file = this.#twin(this.size, this.mode)
    for (const [sector, earlier] of this.#earlier) file.#earlier.set(sector, [...earlier])
    for (const [sector, version] of this.#lost) file.#lost.set(sector, version)
    file.#earlierSizes = [...this.#earlierSizes]
    file.#earlierModes = [...this.#earlierModes]
    return file
  }

  /** What a loss of power leaves. */
  afterPowerLoss(pick: Pick): MemoryFile {
    const size = versionOf(this.#earlierSizes, this.size, pick)
    const file = this.#twin(size, versionOf(this.#earlierModes, this.mode, pick))
    for (const [sector, version] of this.#lost) if (!this.#earlier.has(sector)) file.#put(sector, version)
    for (const [sector, earlier] of this.#earlier) {
      const version = earlier[pick(earlier.length + 1)]
      if (version) file.#put(sector, version)
    }
    return file
  }

  #twin(size: number, mode: number): MemoryFile {
    const file = new MemoryFile(this.ino, mode, this.birthtimeMs, this.#bytes, size)
    file.mtimeMs = this.mtimeMs
    this.#shared = true
    file.#shared = true
    file.#reserve(size)
    return file
  }

  #put(sector: number, version: Buffer): void {
    this.#own(this.#bytes.length)
    const at = sector * sectorBytes
    if (at < this.#bytes.length) version.copy(this.#bytes, at, 0, Math.min(sectorBytes, this.#bytes.length - at))
  }

  #remember(from: number, to: number): void {
    this.#own(this.#bytes.length)
    for (let sector = Math.floor(from / sectorBytes); sector * sectorBytes < to; sector++) {
      const before = Buffer.alloc(sectorBytes)
      this.#bytes.copy(before, 0, sector * sectorBytes, (sector + 1) * sectorBytes)
      const earlier = this.#earlier.get(sector)
      if (earlier) earlier.push(before)
      else this.#earlier.set(sector, [this.#lost.get(sector) ?? before])
    }
  }

  #resize(size: number): void {
    if (size === this.size) return
    this.#earlierSizes.push(this.size)
    this.size = size
  }

  #reserve(size: number): void {
    if (size > this.#bytes.length) this.#own(Math.max(size, 2 * this.#bytes.length, 4096))
  }

  #own(length: number): void {
    if (!this.#shared && length === this.#bytes.length) return
    const bytes = Buffer.alloc(length)
    this.#bytes.copy(bytes)
    this.#bytes = bytes
    this.#shared = false
  }
}

function versionOf<T>(earlier: readonly T[], newest: T, pick: Pick): T {
  return earlier.length === 0 ? newest : (earlier[pick(earlier.length + 1)] ?? newest)
}
