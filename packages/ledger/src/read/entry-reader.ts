/**
 * Reads the entries of one writer directory forward, never past the highest durable one, and can be asked again for more.
 *
 * What is durable is told by the lines themselves (`d`), by the checkpoint, and by the next segment, which begins only when
 * the one before it is durable. Ledgers that acknowledge before the sync say so in LOCK and are read to their last whole line.
 */
import { type FileHandle, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCheckpoint } from '../checkpoint.ts'
import { systemCode } from '../errors.ts'
import { frontierBytesMax, parseFrontiers } from '../frontier.ts'
import { checkpointFile, frontierFile, lockFile, segmentDirectory, segmentFile, segmentsAmong } from '../layout.ts'
import { emptyFrame, lineBytesMax, parseFrame } from '../line.ts'
import { LineSplitter } from '../line-splitter.ts'
import { lockBytesMax, parseLock } from '../lock-text.ts'
import { noteBytesMax, parseNote } from '../note.ts'
import type { Entry, ReadOptions, StreamInfo } from '../stream.ts'
import { NotAFile, openFile } from './open-file.ts'
import { readSmallFile } from './small-file.ts'

const chunkBytes = 1 << 20

type Watch = Pick<ReadOptions, 'onProgress' | 'onInvalid'>

export class EntryReader {
  readonly #stream: StreamInfo
  readonly #watch: Watch
  readonly #from: number
  #durable = -1
  #segment: number | undefined
  #file: FileHandle | undefined
  #offset = 0
  /** Inside a line too long to be one: the rest of it is no line of its own. */
  #midLine = false
  /** The segment in whose place something else was found, once told. */
  #notAFile: number | undefined

  constructor(stream: StreamInfo, from: number, watch: Watch) {
    this.#stream = stream
    this.#from = from
    this.#watch = watch
  }

  /** Begins near the newest checkpoint instead of at the first segment; entries before it are not seen. */
  async skipToCheckpoint(): Promise<void> {
    const bytes = await readSmallFile(join(this.#stream.dir, frontierFile), frontierBytesMax).catch(() => undefined)
    const place = bytes && parseFrontiers(bytes).at(-1)
    if (!place || !(await this.#segments()).includes(place.segment)) return
    this.#segment = place.segment
    this.#offset = place.offset
  }

  /** The next entries, in order; none when there are none yet. Rejects with the system's error. */
  async read(): Promise<Entry[]> {
    for (;;) {
      const file = await this.#open()
      if (!file && (this.#segment === undefined || this.#segment !== this.#notAFile)) return []
      const size = file ? (await file.stat()).size : 0
      if (file && size > this.#offset) {
        const before = this.#offset
        const entries = await this.#readChunk(file, size)
        if (entries.length > 0) return entries
        if (this.#offset > before) continue
      }
      const next = (await this.#segments()).find((first) => first > (this.#segment ?? -1))
      if (next === undefined) return []
      if (this.#durable < next - 1) {
        this.#durable = next - 1 // whatever was held back here is durable, or there would be no next segment
        continue
      }
      await this.#leave(next)
    }
  }

  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
  }

  async #readChunk(file: FileHandle, size: number): Promise<Entry[]> {
    const splitter = new LineSplitter(this.#offset, Math.min(size - this.#offset, chunkBytes))
    const { bytes } = splitter
    const room = splitter.room()
    const { bytesRead } = await file.read(bytes, room, bytes.length - room, this.#offset)
    const entries: Entry[] = []
    const frame = emptyFrame()
    const name = segmentFile(this.#segment ?? 0)
    splitter.feed(bytesRead, (start, end, offset, tooLong) => {
      const rest = this.#midLine
      this.#midLine = false
      if (tooLong || rest || !parseFrame(bytes, start, end, frame)) {
        if (!rest) this.#watch.onInvalid?.({ file: name, offset })
        return
      }
      this.#durable = Math.max(this.#durable, frame.d)
      if (frame.n < this.#from) return
      entries.push({ n: frame.n, line: bytes.toString('utf8', start, end), file: name, offset, stream: this.#stream })
    })
    if ((entries.at(-1)?.n ?? -1) > this.#durable) await this.#askDurable()
    const held = entries.findIndex((entry) => entry.n > this.#durable)
    const released = held < 0 ? entries : entries.slice(0, held)
    const end = entries[held]?.offset ?? this.#endOf(splitter)
    this.#watch.onProgress?.(end - this.#offset)
    this.#offset = end
    return released
  }

  /** Behind the last whole line, or behind everything when that is not the beginning of any line. */
  #endOf(splitter: LineSplitter): number {
    if (splitter.position - splitter.rest <= lineBytesMax && !this.#midLine) return splitter.rest
    if (!this.#midLine) this.#watch.onInvalid?.({ file: segmentFile(this.#segment ?? 0), offset: splitter.rest })
    this.#midLine = true
    return splitter.position
  }

  async #askDurable(): Promise<void> {
    const { dir } = this.#stream
    // What is no file tells nothing; `verify` names it.
    const read = async (name: string, bytesMax: number): Promise<Buffer> =>
      (await readSmallFile(join(dir, name), bytesMax).catch(() => undefined)) ?? Buffer.alloc(0)
    const note = parseNote(await read(checkpointFile, noteBytesMax))
    const size = (note && parseCheckpoint(note.text)?.size) ?? 0
    this.#durable = Math.max(this.#durable, size - 1)
    const lock = parseLock(await read(lockFile, lockBytesMax))
    if (lock && lock.ack !== 'durable') this.#durable = Number.MAX_SAFE_INTEGER
  }

  async #open(): Promise<FileHandle | undefined> {
    if (this.#file) return this.#file
    if (this.#segment === undefined) {
      const segments = await this.#segments()
      const first = segments.findLast((one) => one <= this.#from) ?? segments[0]
      if (first === undefined) return undefined
      this.#segment = first
    }
    try {
      this.#file = await openFile(join(this.#stream.dir, segmentFile(this.#segment)))
    } catch (error) {
      if (error instanceof NotAFile) {
        if (this.#notAFile !== this.#segment) this.#watch.onInvalid?.({ file: segmentFile(this.#segment), offset: 0 })
        this.#notAFile = this.#segment
      } else if (systemCode(error) !== 'ENOENT') throw error
    }
    return this.#file
  }

  async #leave(next: number): Promise<void> {
    await this.close()
    this.#segment = next
    this.#offset = 0
    this.#midLine = false
  }

  async #segments(): Promise<number[]> {
    try {
      return segmentsAmong(await readdir(join(this.#stream.dir, segmentDirectory)))
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return []
      throw error
    }
  }
}
