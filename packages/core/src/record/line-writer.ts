/**
 * Writes lines to a file descriptor in batches: one asynchronous write at a time, bounded memory, never an exception.
 *
 * Every line is put into the batch's own bytes at once, so that no text waits in pieces for the collector to carry about. A
 * batch is written when it is full or its first line has waited long enough; what came during a write waits its time again.
 *
 * Operational lines are best effort. A reader that stops reading costs lines, which are counted, and never a request; a
 * reader that is gone (EPIPE) ends the writing for good. What is buffered at the end of the process is written then.
 */
import { write, writeSync, writev } from 'node:fs'
import { systemCode } from './system-code.ts'

export interface LineWriter {
  /** Queues one line; the LF is added here. */
  write(line: string): void
  /** Resolves when what was queued has been handed to the system, or the reader is gone. */
  flush(): Promise<void>
  /** Blocks, at most about a second when the reader is slow. */
  flushSync(): void
}

export interface LineWriterSettings {
  readonly fd: number
  /** How long lines may wait for company, in milliseconds; 0 writes at the end of the turn. */
  readonly delayMs: number
  /** Told how many lines were lost. */
  readonly onLost: (lines: number) => void
}

/** A write begins as soon as this much waits. */
const batchBytes = 65_536
/** Beyond this the newest lines are lost: they would only be older when they arrive. */
const waitingBytesMax = 8 * 1_048_576
const retryMs = 20
const graceMs = 20
const syncTriesMax = 50
const lineFeed = 10
/** How many buffers every system takes in one write. */
const batchesMax = 512

export function createLineWriter(settings: LineWriterSettings): LineWriter {
  return new BatchWriter(settings)
}

/** Lines as bytes, each with its LF. */
class Batch {
  readonly bytes: Buffer
  /** How many bytes hold lines. */
  end = 0
  /** How many of them were written. */
  written = 0

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size)
  }
}

class BatchWriter implements LineWriter {
  readonly #settings: LineWriterSettings
  /** Takes the lines that come now. Made with the first. */
  #open: Batch | undefined
  /** Full, and waiting for the write in flight. */
  #full: Batch[] = []
  /** Empty while nothing is being written. */
  #inFlight: readonly Batch[] = []
  /** Was written, and is taken again. */
  #spare: Batch | undefined
  /** In bytes, of all batches but the one in flight. */
  #waiting = 0
  /** The thread pool has the batch in flight. */
  #running = false
  #timer: NodeJS.Timeout | undefined
  #gone = false
  #flushes: (() => void)[] = []

  constructor(settings: LineWriterSettings) {
    this.#settings = settings
  }

  write(line: string): void {
    if (this.#gone || this.#waiting > waitingBytesMax) {
      this.#settings.onLost(1)
      return
    }
    const batch = this.#batchFor(line)
    const begin = batch.end
    batch.end += batch.bytes.write(line, begin)
    batch.bytes[batch.end++] = lineFeed
    this.#waiting += batch.end - begin
    if (this.#inFlight.length > 0 || this.#timer !== undefined) return
    this.#timer = setTimeout(this.#start, this.#settings.delayMs).unref()
  }

  flush(): Promise<void> {
    return new Promise((resolve) => {
      this.#flushes.push(resolve)
      this.#start()
    })
  }

  flushSync(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#gone) return
    // A write that the thread pool has already begun goes on while we wait, and writing it again would double its lines.
    // One that waits for a slow reader is known to stand still.
    if (this.#running) pause(graceMs)
    const begun = this.#running ? [] : this.#inFlight
    this.#inFlight = []
    this.#writeNow([...begun, ...this.#takeAll()])
    this.#settle()
  }

  /** The batch with room for this line. */
  #batchFor(line: string): Batch {
    const batch = this.#open
    // A character takes at most three bytes, so nearly every line is known to fit without being measured.
    if (batch !== undefined && batch.end + line.length * 3 < batch.bytes.length) return batch
    const bytes = Buffer.byteLength(line) + 1
    if (batch !== undefined && batch.end + bytes <= batch.bytes.length) return batch
    if (batch !== undefined) {
      this.#full.push(batch)
      this.#open = undefined
      if (this.#inFlight.length === 0) this.#start()
    }
    const spare = this.#spare
    this.#spare = undefined
    this.#open = spare !== undefined && bytes <= batchBytes ? spare : new Batch(Math.max(batchBytes, bytes))
    return this.#open
  }

  /** All that waits, oldest first. */
  #takeAll(): Batch[] {
    const all = this.#full
    this.#full = []
    if (this.#open !== undefined && this.#open.end > 0) {
      all.push(this.#open)
      this.#open = undefined
    }
    this.#waiting = 0
    return all
  }

  readonly #start = (): void => {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#inFlight.length > 0) return
    if (!this.#gone) this.#inFlight = this.#takeAll()
    if (this.#inFlight.length === 0) this.#settle()
    else this.#goOn()
  }

  readonly #goOn = (): void => {
    const batches = this.#inFlight
    const [first] = batches
    if (first === undefined || this.#running) return
    this.#running = true
    const done = (error: NodeJS.ErrnoException | null, bytes: number): void => {
      this.#running = false
      // The end of the process may have written it meanwhile.
      if (this.#inFlight === batches) this.#wrote(batches, error, bytes)
      else this.#goOn()
    }
    const { fd } = this.#settings
    if (batches.length === 1) write(fd, first.bytes, first.written, first.end - first.written, null, done)
    else writev(fd, batches.slice(0, batchesMax).map(rest), null, done)
  }

  #wrote(batches: readonly Batch[], error: NodeJS.ErrnoException | null, bytes: number): void {
    if (error !== null) {
      // A pipe that somebody set to non-blocking is full: its reader is slow, not gone.
      if (systemCode(error) === 'EAGAIN') setTimeout(this.#goOn, retryMs).unref()
      else this.#giveUp()
      return
    }
    let left = bytes
    for (const batch of batches) {
      const taken = Math.min(left, batch.end - batch.written)
      batch.written += taken
      left -= taken
    }
    this.#inFlight = batches.filter((batch) => batch.written < batch.end)
    if (this.#inFlight.length > 0) {
      this.#goOn()
      return
    }
    this.#keep(batches[0])
    // What came meanwhile waits for company as well, unless somebody waits for it.
    if (this.#full.length > 0 || this.#flushes.length > 0) this.#start()
    else if (this.#waiting > 0) this.#timer ??= setTimeout(this.#start, this.#settings.delayMs).unref()
  }

  /** Most writes are of one batch, whose bytes serve the next but one. */
  #keep(batch: Batch | undefined): void {
    if (batch?.bytes.length !== batchBytes) return
    batch.end = 0
    batch.written = 0
    this.#spare = batch
  }

  #writeNow(batches: readonly Batch[]): void {
    let lost = 0
    for (const batch of batches) {
      // Behind a batch that could not be written whole nothing may follow: half a line would swallow it.
      if (lost === 0) batch.written += writeAll(this.#settings.fd, rest(batch))
      lost += linesLeft(batch)
    }
    if (lost > 0) this.#settings.onLost(lost)
  }

  #giveUp(): void {
    const left = [...this.#inFlight, ...this.#takeAll()]
    this.#gone = true
    this.#inFlight = []
    this.#open = undefined
    this.#spare = undefined
    this.#settings.onLost(left.reduce((sum, batch) => sum + linesLeft(batch), 0))
    this.#settle()
  }

  #settle(): void {
    if (this.#inFlight.length > 0 || this.#waiting > 0) return
    const done = this.#flushes
    this.#flushes = []
    for (const resolve of done) resolve()
  }
}

function rest({ bytes, written, end }: Batch): Buffer {
  return bytes.subarray(written, end)
}

/** How many lines were not written whole. */
function linesLeft({ bytes, written, end }: Batch): number {
  let count = 0
  for (let at = written; at < end; at++) if (bytes[at] === lineFeed) count++
  return count
}

/** Writes what it can, waiting a little for a slow reader; says how many bytes that were. */
function writeAll(fd: number, bytes: Buffer): number {
  let at = 0
  for (let tries = 0; at < bytes.length && tries < syncTriesMax; ) {
    try {
      at += writeSync(fd, bytes, at)
      tries = 0
    } catch (error) {
      if (systemCode(error) !== 'EAGAIN') break
      tries++
      pause(retryMs)
    }
  }
  return at
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
