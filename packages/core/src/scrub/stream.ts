/**
 * Scrubbing of a stream of lines, for pipelines: bytes in, bytes out, one line after the other. What a line says decides how it
 * is read; a line that provably needs no change is passed on without being copied.
 *
 * Bounds: a line longer than 1 MiB is withheld with its size, and never held. Bytes that are no UTF-8 become U+FFFD.
 */
import { Transform, type TransformCallback } from 'node:stream'
import type { Scrubber } from './scrubber.ts'
import { type LineFormat, scrubLine } from './stream-line.ts'
import { LineProof } from './stream-proof.ts'

/** What happened to the lines so far. */
export interface LinesAccount {
  lines: number
  /** Lines that were written otherwise than they came. */
  changed: number
  /** Lines longer than 1 MiB, of which only the size was written. */
  withheld: number
  /** Removals by rule. Only counted when asked for, as counting costs. */
  readonly removed: Record<string, number>
}

export interface ScrubLinesOptions {
  readonly scrubber: Scrubber
  /** What lines are taken for: JSON where they parse and text elsewhere (`auto`), or one of them. */
  readonly format?: LineFormat
  /** Counts removals by rule. */
  readonly counting?: boolean
}

const lineBytesMax = 1_048_576

/** A stream that scrubs each line written to it; `account` may be read at any time. */
export function scrubLines(options: ScrubLinesOptions): Transform & { readonly account: LinesAccount } {
  const lines = new Lines(options)
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      for (const piece of lines.push(chunk)) this.push(piece)
      done()
    },
    flush(done: TransformCallback) {
      for (const piece of lines.end()) this.push(piece)
      done()
    },
  })
  return Object.assign(stream, { account: lines.account })
}

class Lines {
  readonly account: LinesAccount = { lines: 0, changed: 0, withheld: 0, removed: {} }
  readonly #options: ScrubLinesOptions
  readonly #proof: LineProof | undefined
  /** The beginning of a line whose end has not come yet. */
  #rest: Buffer[] = []
  #restBytes = 0
  /** Bytes of a line too long to be held; 0 outside of one. */
  #overlong = 0

  constructor(options: ScrubLinesOptions) {
    this.#options = options
    const { format = 'auto', scrubber } = options
    this.#proof = format === 'text' ? undefined : new LineProof(scrubber)
  }

  push(chunk: Buffer): Buffer[] {
    const out: Buffer[] = []
    let start = 0
    let end = chunk.indexOf(10)
    if (end < 0) {
      this.#hold(chunk)
      return out
    }
    if (this.#restBytes > 0 || this.#overlong > 0) {
      this.#finish(chunk.subarray(0, end + 1), out)
      start = end + 1
      end = chunk.indexOf(10, start)
    }
    /** From here on nothing needed a change yet. */
    let clean = start
    for (; end >= 0; end = chunk.indexOf(10, start)) {
      const bare = end > start && chunk[end - 1] === 13 ? end - 1 : end
      this.account.lines += 1
      if (bare > start && !(this.#proof?.proves(chunk, start, bare) ?? false)) {
        const written = this.#scrub(chunk, start, bare)
        if (written !== undefined) {
          if (start > clean) out.push(chunk.subarray(clean, start))
          out.push(written)
          clean = bare
        }
      }
      start = end + 1
    }
    if (start > clean) out.push(chunk.subarray(clean, start))
    this.#hold(chunk.subarray(start))
    return out
  }

  /** What is left without a line end, as it came: none is added. */
  end(): Buffer[] {
    const out: Buffer[] = []
    if (this.#restBytes > 0 || this.#overlong > 0) this.#finish(Buffer.alloc(0), out)
    return out
  }

  #hold(bytes: Buffer): void {
    if (bytes.length === 0) return
    if (this.#overlong > 0 || this.#restBytes + bytes.length > lineBytesMax) {
      this.#overlong += this.#restBytes + bytes.length
      this.#rest = []
      this.#restBytes = 0
      return
    }
    this.#rest.push(bytes)
    this.#restBytes += bytes.length
  }

  /** The held line with its last bytes, line end included. */
  #finish(last: Buffer, out: Buffer[]): void {
    this.account.lines += 1
    this.#hold(last)
    const size = this.#overlong
    if (size > 0) {
      this.account.withheld += 1
      this.account.changed += 1
      this.#overlong = 0
      out.push(Buffer.from(`[withheld line ${size} B]${last.at(-1) === 10 ? '\n' : ''}`))
      return
    }
    const whole = Buffer.concat(this.#rest)
    this.#rest = []
    this.#restBytes = 0
    let bare = whole.length
    if (whole[bare - 1] === 10) bare -= 1
    if (bare > 0 && whole[bare - 1] === 13) bare -= 1
    const written = bare === 0 || this.#proof?.proves(whole, 0, bare) ? undefined : this.#scrub(whole, 0, bare)
    if (written === undefined) out.push(whole)
    else out.push(written, whole.subarray(bare))
  }

  /** The line scrubbed; undefined when that changes nothing. */
  #scrub(bytes: Buffer, start: number, end: number): Buffer | undefined {
    if (end - start > lineBytesMax) {
      this.account.withheld += 1
      this.account.changed += 1
      return Buffer.from(`[withheld line ${end - start} B]`)
    }
    const line = bytes.toString('utf8', start, end)
    const { format = 'auto', scrubber, counting = false } = this.#options
    const { removed } = this.account
    const written = scrubLine(
      line,
      format,
      scrubber,
      counting
        ? (redactions) => {
            for (const { rule, n } of redactions) removed[rule] = (removed[rule] ?? 0) + n
          }
        : undefined,
    )
    // A replacement character in the text may stand for bytes that are none.
    if (written === line && !line.includes('\ufffd')) return undefined
    this.account.changed += 1
    return Buffer.from(written)
  }
}
