/**
 * The functions of a response that a hold stands in front of, as they were when it was put there: Node's own, or what
 * compression and sessions had put around them. What a hold lets go is handed to these.
 */
import { sizeOf } from './count-bytes.ts'
import type { RawResponse } from './exchange.ts'

/** One signature for the overloads of both kinds of response; what is handed over is passed on untouched. */
export interface Answer {
  writeHead(...given: unknown[]): unknown
  /** Both have it; the types of HTTP/2 say nothing of it. */
  flushHeaders?(): void
  write(...given: unknown[]): boolean
  end(...given: unknown[]): unknown
  setHeader(...given: unknown[]): unknown
  appendHeader(...given: unknown[]): unknown
  removeHeader(...given: unknown[]): unknown
}

/** Reads the functions of `res` once; each call goes to `res` itself. */
export function innerOf(res: RawResponse): Answer {
  const answer: Answer = res
  const { writeHead, flushHeaders, write, end, setHeader, appendHeader, removeHeader } = answer
  return {
    writeHead: (...given) => writeHead.apply(res, given),
    flushHeaders: () => flushHeaders?.call(res),
    write: (...given) => write.apply(res, given),
    end: (...given) => end.apply(res, given),
    setHeader: (...given) => setHeader.apply(res, given),
    appendHeader: (...given) => appendHeader.apply(res, given),
    removeHeader: (...given) => removeHeader.apply(res, given),
  }
}

export type Callback = (error?: Error) => void

/** One piece of a body, as it was handed over. */
export interface Piece {
  readonly chunk: string | Uint8Array
  readonly encoding: unknown
  readonly bytes: number
}

export interface Handed {
  readonly piece: Piece | undefined
  readonly callback: Callback | undefined
}

/** Arguments of `write()`. Throws what Node throws for a chunk that is none. */
export function readWrite([chunk, encoding, callback]: readonly unknown[]): Handed & { readonly piece: Piece } {
  const given = callbackIn(encoding, callback)
  return { piece: pieceOf(chunk, isCallback(encoding) ? undefined : encoding), callback: given }
}

/** Arguments of `end()`. Like Node's own, takes an empty chunk for none. */
export function readEnd([chunk, encoding, callback]: readonly unknown[]): Handed {
  if (isCallback(chunk)) return { piece: undefined, callback: chunk }
  const given = callbackIn(encoding, callback)
  if (!chunk) return { piece: undefined, callback: given }
  return { piece: pieceOf(chunk, isCallback(encoding) ? undefined : encoding), callback: given }
}

function callbackIn(...given: readonly unknown[]): Callback | undefined {
  return given.find(isCallback)
}

function isCallback(given: unknown): given is Callback {
  return typeof given === 'function'
}

function pieceOf(chunk: unknown, encoding: unknown): Piece {
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) {
    return { chunk, encoding, bytes: sizeOf(chunk, encoding) }
  }
  if (chunk === null) throw nodeError(TypeError, 'ERR_STREAM_NULL_VALUES', 'May not write null values to stream')
  const message = 'The "chunk" argument must be of type string or an instance of Buffer or Uint8Array.'
  throw nodeError(TypeError, 'ERR_INVALID_ARG_TYPE', message)
}

/** An error as Node would have thrown it at this place, were the answer not held. */
export function nodeError(kind: ErrorConstructor | TypeErrorConstructor, code: string, message: string): Error {
  return Object.assign(new kind(message), { code })
}
