/**
 * What an application is told that goes on behind the end of its answer: what Node would have told it.
 *
 * `quiet` is for an answer that was refused: the application did nothing wrong when it ended the answer that was taken from it.
 */
import type { RawResponse } from './exchange.ts'
import { type Callback, type Handed, nodeError } from './hold-inner.ts'

/** Another piece after the end. The answer stays what it was. */
export function writeTooLate(res: RawResponse, callback: Callback | undefined, quiet: boolean): boolean {
  const error = nodeError(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end')
  process.nextTick(() => {
    callback?.(error)
    // HTTP/2 would break the stream off for it, and with it an answer that is complete.
    if (!quiet && !('stream' in res) && !res.destroyed) res.emit('error', error)
  })
  return false
}

/** Another end, which is an error in HTTP/1 alone, and only where it brings another piece. */
export function endTooLate(res: RawResponse, { piece, callback }: Handed, quiet: boolean): void {
  if (piece !== undefined && !('stream' in res)) writeTooLate(res, callback, quiet)
  else if (callback !== undefined && res.writableFinished) process.nextTick(callback)
  else if (callback !== undefined) res.once('finish', () => callback())
}
