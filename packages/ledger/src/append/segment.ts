/**
 * One segment file under the writer's hands: created, written at given places, synced, and looked after.
 *
 * Every call exists twice: in the thread pool while the process runs, and blocking for its last moments. Both may be under way
 * at once, since the same bytes go to the same place: whichever comes second changes nothing.
 */
import { join } from 'node:path'
import type { Disk, FileFacts } from '../disk.ts'
import { LedgerError, systemCode } from '../errors.ts'
import { segmentDirectory, segmentFile } from '../layout.ts'
import { writeAll, writeAllLater } from './small-file.ts'

export class Segment {
  readonly first: number
  readonly path: string
  /** When its first entry was written, as far as known. */
  readonly bornMs: number
  /** Where the next batch goes. */
  end: number
  /** Up to where the disk has confirmed it. */
  durableEnd: number
  /** Found read-only, or with a seal beside it: an earlier process had finished with it. */
  readonly isSealed: boolean
  readonly #disk: Disk
  readonly #directory: string
  #fd: number | undefined
  #facts: FileFacts | undefined
  #writtenEnd: number
  /** Whether the directory has been synced since the file was created. */
  #listed: boolean
  /** After a failed attempt to create it the file may be there. */
  #attempted = false

  /** A segment that is there already, or one to be created with the first batch. */
  constructor(disk: Disk, dir: string, first: number, bornMs: number, found?: FileFacts, hasSeal = false) {
    this.#disk = disk
    this.#directory = join(dir, segmentDirectory)
    this.first = first
    this.path = join(dir, segmentFile(first))
    this.bornMs = bornMs
    this.end = found?.size ?? 0
    this.durableEnd = this.end
    this.isSealed = found !== undefined && (hasSeal || (found.mode & 0o200) === 0)
    this.#writtenEnd = this.end
    this.#listed = found !== undefined
    this.#facts = found
  }

  /** False until its directory entry is durable: no entry in it may be promised before. */
  get isListed(): boolean {
    return this.#listed
  }

  async open(): Promise<void> {
    if (this.#fd !== undefined) return
    const fd = await this.#disk.later.open(this.path, this.#mode())
    if (this.#fd === undefined) this.#opened(fd)
    else await this.#disk.later.close(fd)
  }

  openNow(): void {
    // A creation may be under way in the thread pool; then its file is ours as well.
    this.#attempted ||= !this.#listed
    if (this.#fd === undefined) this.#opened(this.#disk.open(this.path, this.#mode()))
  }

  async write(bytes: Uint8Array, offset: number): Promise<void> {
    await writeAllLater(this.#disk, this.#handle(), bytes, offset)
    this.#writtenEnd = Math.max(this.#writtenEnd, offset + bytes.length)
  }

  writeNow(bytes: Uint8Array, offset: number): void {
    writeAll(this.#disk, this.#handle(), bytes, offset)
    this.#writtenEnd = Math.max(this.#writtenEnd, offset + bytes.length)
  }

  /** Makes what was written durable, and for a new file also its name. */
  async sync(): Promise<void> {
    await this.#disk.later.datasync(this.#handle())
    if (this.#listed) return
    await this.#disk.later.syncDirectory(this.#directory)
    this.#listed = true
  }

  syncNow(): void {
    this.#disk.datasync(this.#handle())
    if (this.#listed) return
    this.#disk.syncDirectory(this.#directory)
    this.#listed = true
  }

  /** Throws LEDGER_FILE_REPLACED unless the file that was written is still the one under its name, and as long. */
  checkInPlace(): void {
    const found = this.#findFacts()
    const known = this.#facts
    const what =
      !found || found.nlink === 0
        ? 'is gone'
        : found.ino !== known?.ino || found.dev !== known.dev
          ? 'is another file than the one being written'
          : found.size < this.#writtenEnd
            ? `has ${found.size} bytes, ${this.#writtenEnd} were written`
            : undefined
    if (what) throw new LedgerError('LEDGER_FILE_REPLACED', `${this.path} ${what}`)
  }

  /**
   * After a failed sync: cuts off what was never confirmed, for good: another writer adopts those entries, and a loss of power
   * must not bring them back here as well. The sync is one of the cut; what it says of other bytes is believed by nobody. If the
   * disk does not let us, the tail stays, and whoever opens this writer next finds lines that were never acknowledged.
   */
  cutBackNow(): void {
    if (this.#fd === undefined) return
    try {
      this.#disk.truncate(this.#fd, this.durableEnd)
      this.#disk.datasync(this.#fd)
    } catch {
      // Said above.
    }
  }

  async close(): Promise<void> {
    const fd = this.#fd
    this.#fd = undefined
    if (fd !== undefined) await this.#disk.later.close(fd)
  }

  closeNow(): void {
    const fd = this.#fd
    this.#fd = undefined
    if (fd !== undefined) this.#disk.close(fd)
  }

  /** Nothing is added any more: read-only from now on. */
  protect(): Promise<void> {
    return this.#disk.later.chmod(this.path, 0o444)
  }

  #mode(): 'write' | 'create' | 'make' {
    if (this.#listed) return 'write'
    const mode = this.#attempted ? 'make' : 'create'
    this.#attempted = true
    return mode
  }

  /** Takes a descriptor over once it is sure that it is that of the file meant. */
  #opened(fd: number): void {
    try {
      const found = this.#findFacts()
      if (!found || (this.#facts ? found.ino !== this.#facts.ino : found.size > 0)) {
        throw new LedgerError('LEDGER_FILE_REPLACED', `${this.path} is not the file it was`)
      }
      this.#facts = found
      this.#fd = fd
    } catch (error) {
      this.#disk.close(fd)
      throw error
    }
  }

  /** Undefined when the file, or a directory on the way to it, is not there. */
  #findFacts(): FileFacts | undefined {
    try {
      return this.#disk.findFacts(this.path)
    } catch (error) {
      if (systemCode(error) === 'ENOTDIR') return undefined
      throw error
    }
  }

  #handle(): number {
    if (this.#fd === undefined) throw new Error(`${this.path} is not open`)
    return this.#fd
  }
}
