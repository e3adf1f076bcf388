/**
 * Writes lines to a file descriptor in batches: one asynchronous write at a time, bounded memory, never an exception.
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
const batchChars = 65_536
/** Beyond this the newest lines are lost: they would only be older when they arrive. */
const bufferedCharsMax = 8 * 1_048_576
const retryMs = 20
const graceMs = 20
const syncTriesMax = 50

export function createLineWriter(settings: LineWriterSettings): LineWriter {
  const { fd, delayMs, onLost } = settings
  let lines: string[] = []
  let chars = 0
  let inFlight: Buffer | undefined
  let written = 0
  let running = false
  let timer: NodeJS.Timeout | undefined
  let gone = false
  let waiting: (() => void)[] = []

  function settle(): void {
    if (inFlight !== undefined || lines.length > 0) return
    const done = waiting
    waiting = []
    for (const resolve of done) resolve()
  }

  function giveUp(): void {
    gone = true
    onLost(lines.length + (inFlight === undefined ? 0 : 1))
    lines = []
    chars = 0
    inFlight = undefined
    settle()
  }

  function start(): void {
    clearTimeout(timer)
    timer = undefined
    if (inFlight !== undefined || gone || lines.length === 0) {
      settle()
      return
    }
    inFlight = takeBatch()
    written = 0
    continueWriting()
  }

  function takeBatch(): Buffer {
    const batch = Buffer.from(`${lines.join('\n')}\n`)
    lines = []
    chars = 0
    return batch
  }

  function continueWriting(): void {
    if (inFlight === undefined) return
    const batch = inFlight
    running = true
    write(fd, batch, written, batch.length - written, null, (error, bytes) => {
      running = false
      // The end of the process may have written it meanwhile.
      if (inFlight !== batch) return
      if (error !== null) {
        // A pipe that somebody set to non-blocking is full: its reader is slow, not gone.
        if (systemCode(error) === 'EAGAIN') setTimeout(continueWriting, retryMs).unref()
        else giveUp()
        return
      }
      written += bytes
      if (written < batch.length) {
        continueWriting()
        return
      }
      inFlight = undefined
      start()
    })
  }

  return {
    write(line) {
      if (gone || chars > bufferedCharsMax) {
        onLost(1)
        return
      }
      lines.push(line)
      chars += line.length
      if (inFlight !== undefined) return
      if (chars >= batchChars) start()
      else timer ??= setTimeout(start, delayMs).unref()
    },
    flush() {
      return new Promise((resolve) => {
        waiting.push(resolve)
        start()
      })
    },
    flushSync() {
      clearTimeout(timer)
      timer = undefined
      if (gone) return
      // A write that the thread pool has already begun goes on while we wait, and writing it again would double its lines.
      // One that waits for a slow reader is known to stand still.
      if (running) pause(graceMs)
      else if (inFlight !== undefined) writeAll(fd, inFlight.subarray(written))
      inFlight = undefined
      if (lines.length > 0 && !writeAll(fd, takeBatch())) onLost(1)
      settle()
    },
  }
}

/** Writes everything, waiting a little for a slow reader. False when that was not possible. */
function writeAll(fd: number, bytes: Buffer): boolean {
  let at = 0
  for (let tries = 0; at < bytes.length && tries < syncTriesMax; ) {
    try {
      at += writeSync(fd, bytes, at)
      tries = 0
    } catch (error) {
      if (systemCode(error) !== 'EAGAIN') return false
      tries++
      pause(retryMs)
    }
  }
  return at === bytes.length
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
