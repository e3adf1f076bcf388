/**
 * What of a body is kept back, and how much of it has been handed over: whether the next piece completes the answer.
 */
import type { Callback, Piece } from './hold-inner.ts'

export class HeldBody {
  /** Bytes kept. */
  keptBytes = 0
  #pieces: Piece[] = []
  /** Bytes handed over so far, kept or sent. */
  #seenBytes = 0

  get isEmpty(): boolean {
    return this.#pieces.length === 0
  }

  /** Counts `piece` as handed over; true when with it a body of `total` bytes is complete. */
  count(piece: Piece, total: number | undefined): boolean {
    this.#seenBytes += piece.bytes
    return this.reaches(total)
  }

  reaches(total: number | undefined): boolean {
    return total !== undefined && this.#seenBytes >= total
  }

  /**
   * Keeps a piece. Whoever waits for the piece to be flushed before handing over the next one, or the end, is told so: waiting
   * for us he would wait for himself. From then on the bytes are his again, so they are copied.
   */
  keep(piece: Piece, callback: Callback | undefined): void {
    const { chunk } = piece
    this.#pieces.push(callback === undefined || typeof chunk === 'string' ? piece : { ...piece, chunk: chunk.slice() })
    this.keptBytes += piece.bytes
    if (callback !== undefined) process.nextTick(callback)
  }

  /** Gives what was kept, in order, and forgets it. */
  take(): readonly Piece[] {
    const pieces = this.#pieces
    this.#pieces = []
    this.keptBytes = 0
    return pieces
  }
}
