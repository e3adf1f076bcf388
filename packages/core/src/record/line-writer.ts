/**
 * Writes lines to a file descriptor in batches: one asynchronous write at a time, bounded memory, never an exception.
 *
 * Every line is put into the batch's own bytes at once, so that no text waits in pieces for the collector to carry about. A
 * batch is written when it is full or its first line has waited long enough; what came during a write waits its time again.
 *
 * Operational lines are best effort. A reader that stops reading costs lines, which are counted, and never a request; a
 * reader that is gone (EPIPE) ends the writing for good. What is buffered at the end of the process is written then.
 */
import { write, writeSync } from 'node:fs'
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

  /** How many lines were not written whole. */
  lines(): number {
    let count = 0
    for (let at = this.written; at < this.end; at++) if (this.bytes[at] === lineFeed) count++
    return count
  }

  rest(): Buffer {
    return this.bytes.subarray(this.written, this.end)
  }
}

class BatchWriter implements LineWriter {
  readonly #settings: LineWriterSettings
  /** Takes the lines that come now. Made with the first. */
  #open: Batch | undefined
  /** Full, and waiting for the write in flight. */
  readonly #full: Batch[] = []
  #inFlight: Batch | undefined
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
    if (this.#inFlight !== undefined || this.#timer !== undefined) return
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
    const batch = this.#inFlight
    // A write that the thread pool has already begun goes on while we wait, and writing it again would double its lines.
    // One that waits for a slow reader is known to stand still.
    if (this.#running) pause(graceMs)
    else if (batch !== undefined) this.#writeNow(batch)
    this.#inFlight = undefined
    for (let next = this.#take(); next !== undefined; next = this.#take()) this.#writeNow(next)
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
      if (this.#inFlight === undefined) this.#start()
    }
    const spare = this.#spare
    this.#spare = undefined
    this.#open = spare !== undefined && bytes <= batchBytes ? spare : new Batch(Math.max(batchBytes, bytes))
    return this.#open
  }

  /** What waits longest. */
  #take(): Batch | undefined {
    let batch = this.#full.shift()
    if (batch === undefined && this.#open !== undefined && this.#open.end > 0) {
      batch = this.#open
      this.#open = undefined
    }
    this.#waiting -= batch?.end ?? 0
    return batch
  }

  readonly #start = (): void => {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#inFlight !== undefined || this.#gone) {
      this.#settle()
      return
    }
    this.#inFlight = this.#take()
    if (this.#inFlight === undefined) this.#settle()
    else this.#goOn()
  }

  readonly #goOn = (): void => {
    const batch = this.#inFlight
    if (batch === undefined) return
    this.#running = true
    const { bytes, written, end } = batch
    write(this.#settings.fd, bytes, written, end - written, null, (error, count) => {
      this.#running = false
      // The end of the process may have written it meanwhile.
      if (this.#inFlight === batch) this.#wrote(batch, error, count)
    })
  }

  #wrote(batch: Batch, error: NodeJS.ErrnoException | null, count: number): void {
    if (error !== null) {
      // A pipe that somebody set to non-blocking is full: its reader is slow, not gone.
      if (systemCode(error) === 'EAGAIN') setTimeout(this.#goOn, retryMs).unref()
      else this.#giveUp(batch)
      return
    }
    batch.written += count
    if (batch.written < batch.end) {
      this.#goOn()
      return
    }
    this.#inFlight = undefined
    batch.end = 0
    batch.written = 0
    if (batch.bytes.length === batchBytes) this.#spare ??= batch
    // What came meanwhile waits for company as well, unless somebody waits for it.
    if (this.#full.length > 0 || this.#flushes.length > 0) this.#start()
    else if (this.#waiting > 0) this.#timer ??= setTimeout(this.#start, this.#settings.delayMs).unref()
  }

  #writeNow(batch: Batch): void {
    batch.written += writeAll(this.#settings.fd, batch.rest())
    if (batch.written < batch.end) this.#settings.onLost(batch.lines())
  }

  #giveUp(batch: Batch): void {
    this.#gone = true
    this.#inFlight = undefined
    let lost = batch.lines()
    for (let next = this.#take(); next !== undefined; next = this.#take()) lost += next.lines()
    this.#open = undefined
    this.#spare = undefined
    this.#settings.onLost(lost)
    this.#settle()
  }

  #settle(): void {
    if (this.#inFlight !== undefined || this.#waiting > 0) return
    const done = this.#flushes
    this.#flushes = []
    for (const resolve of done) resolve()
  }
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
