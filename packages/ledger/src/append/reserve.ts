/**
 * RESERVE: space that is held while there is some, and given up when the disk is full, so that what explains the silence can
 * still be written. It is made again when there is space again.
 *
 * Its bytes are real ones, a slice at a time with a sync behind each: on some file systems the next sync of a batch would
 * otherwise have to wait for all of it. Readers have no use for it.
 */
import { randomFillSync } from 'node:crypto'
import { join } from 'node:path'
import { setImmediate as goRound } from 'node:timers/promises'
import type { Disk } from '../disk.ts'
import { reserveFile } from '../layout.ts'
import { writeAllLater } from './small-file.ts'
import { inTurn } from './turns.ts'

const sliceBytes = 256 * 1024
/** A start, and a process that ends soon, have better things to do. */
const beginAfterMs = 1000
const againAfterMsMin = 1000
const againAfterMsMax = 60_000

export class Reserve {
  readonly #disk: Disk
  readonly #path: string
  readonly #bytes: number
  readonly #back: () => void
  #making: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #isGivenUp = false
  /** Counts up whenever what is being made is no longer wanted. */
  #attempt = 0
  #againAfterMs = againAfterMsMin
  #stopped = false

  /** `bytes` 0: there is none. `back` is called when one that was given up is there again. */
  constructor(disk: Disk, dir: string, bytes: number, back: () => void) {
    this.#disk = disk
    this.#path = join(dir, reserveFile)
    this.#bytes = bytes
    this.#back = back
    if (bytes > 0) this.#timer = setTimeout(() => this.#makeSoon(), beginAfterMs).unref()
  }

  /** True from giving it up until it is there again: what is written meanwhile lives on it. */
  get isGivenUp(): boolean {
    return this.#isGivenUp
  }

  /** Frees the space, blocking. False when there was none to free. */
  giveUp(): boolean {
    if (this.#bytes === 0 || this.#isGivenUp || this.#stopped) return false
    try {
      if (!this.#disk.findFacts(this.#path)) return false
      this.#disk.remove(this.#path)
    } catch {
      return false // then the disk stays full, as without a reserve
    }
    this.#isGivenUp = true
    this.#attempt += 1
    this.#later()
    return true
  }

  stop(): void {
    this.#stopped = true
    this.#attempt += 1
    clearTimeout(this.#timer)
  }

  #later(): void {
    clearTimeout(this.#timer)
    if (this.#stopped) return
    this.#timer = setTimeout(() => this.#makeSoon(), this.#againAfterMs).unref()
    this.#againAfterMs = Math.min(2 * this.#againAfterMs, againAfterMsMax)
  }

  #makeSoon(): void {
    this.#making ??= this.#make().then(
      (isMade) => {
        this.#making = undefined
        if (!isMade) return
        this.#againAfterMs = againAfterMsMin
        if (!this.#isGivenUp) return
        this.#isGivenUp = false
        this.#back()
      },
      () => {
        this.#making = undefined
        this.#later()
      },
    )
  }

  /** Grows the file to its size. What a full disk leaves of an attempt is removed: it would be missing for the entries. */
  async #make(): Promise<boolean> {
    const { later } = this.#disk
    const attempt = this.#attempt
    try {
      let at = this.#disk.findFacts(this.#path)?.size ?? 0
      if (at >= this.#bytes) return true
      // A file system that compresses must not make nothing of it.
      const slice = randomFillSync(Buffer.allocUnsafe(Math.min(sliceBytes, this.#bytes)))
      const fd = await inTurn(() => later.open(this.#path, 'make'))
      try {
        for (; at < this.#bytes && attempt === this.#attempt; at += slice.length) {
          await inTurn(async () => {
            await writeAllLater(this.#disk, fd, slice.subarray(0, Math.min(slice.length, this.#bytes - at)), at)
            await later.datasync(fd)
          })
          await goRound(undefined, { ref: false })
        }
      } finally {
        await later.close(fd)
      }
      return attempt === this.#attempt
    } catch (error) {
      if (attempt === this.#attempt) await later.remove(this.#path).catch(() => {})
      throw error
    }
  }
}
