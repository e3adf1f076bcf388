/**
 * Sizes of bodies, in bytes as they pass between Node and the application.
 *
 * What the socket counts is not it: a kept-alive or pipelined connection mixes exchanges, and headers and chunk framing
 * are in its numbers. Counted here is
 * - for the request, the Content-Length it stated, if the body arrived in full; without one, the bytes that arrived;
 * - for the answer, the bytes handed over to be sent (after compression, before TLS): when the client left early, an upper
 *   bound of what it got.
 */
import { ServerResponse } from '../node-http.ts'
import type { RawRequest, RawResponse } from './exchange.ts'

/** Counts what arrives of a body whose length the request does not state. Returns undefined where it does or has none. */
export function countBody(req: RawRequest): { bytes: number } | undefined {
  if (req.headers['content-length'] !== undefined) return undefined
  if ('stream' in req ? req.stream.readableEnded || req.complete : req.headers['transfer-encoding'] === undefined) {
    return undefined
  }
  const counted = { bytes: 0 }
  // Node feeds both kinds of request through push(): listening for 'data' instead would set the stream flowing.
  const push = req.push
  req.push = function countingPush(chunk: unknown, encoding?: BufferEncoding): boolean {
    counted.bytes += sizeOf(chunk, encoding)
    return push.call(this, chunk, encoding)
  }
  return counted
}

/** Bytes of the request's body; undefined when it did not arrive in full. */
export function bodyBytes(req: RawRequest, counted: { readonly bytes: number } | undefined): number | undefined {
  const stated = req.headers['content-length']
  if (stated === undefined) return counted?.bytes ?? 0
  // Node refused anything but digits before the request got here.
  const bytes = Number(stated)
  if (bytes === 0) return 0
  return req.complete && Number.isSafeInteger(bytes) ? bytes : undefined
}

/** What counting leaves behind on a response. */
export interface AnswerCount {
  bytes: number
}

/**
 * Counts what the application hands over as the answer's body. Installed first, so that compression and the like, which
 * wrap the same two functions, hand theirs through it.
 */
export function countAnswer(res: RawResponse): AnswerCount {
  const counted = { bytes: 0 }
  // One signature stands for the overloads of both kinds of response; what is handed over is passed on untouched.
  const answer: Answer = res
  const { write, end } = answer
  if (write === nodesOwn.write && end === nodesOwn.end) {
    // The same two functions for all answers: closures for each would cost their memory, and the engine its inline caches.
    answer[COUNTED] = counted
    answer.write = countedWrite
    answer.end = countedEnd
    return counted
  }
  answer.write = function countingWrite(this: unknown, ...given) {
    counted.bytes += sizeOf(given[0], given[1])
    return write.apply(this, given)
  }
  // HTTP/2's end() hands its chunk to write(), which has counted it then.
  if ('stream' in res) return counted
  answer.end = function countingEnd(this: unknown, ...given) {
    counted.bytes += sizeOf(given[0], given[1])
    return end.apply(this, given)
  }
  return counted
}

const COUNTED = Symbol('counted')
const nodesOwn: Answer = ServerResponse.prototype

function countedWrite(this: Answer, ...given: unknown[]): boolean {
  if (this[COUNTED] !== undefined) this[COUNTED].bytes += sizeOf(given[0], given[1])
  return nodesOwn.write.apply(this, given)
}

function countedEnd(this: Answer, ...given: unknown[]): unknown {
  if (this[COUNTED] !== undefined) this[COUNTED].bytes += sizeOf(given[0], given[1])
  return nodesOwn.end.apply(this, given)
}

interface Answer {
  [COUNTED]?: AnswerCount
  write(...given: unknown[]): boolean
  end(...given: unknown[]): unknown
}

/** Bytes of one piece of a body. A string's encoding may be left out, and a callback may stand in its place. */
export function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk, isEncoding(encoding) ? encoding : 'utf8')
  return chunk instanceof Uint8Array ? chunk.byteLength : 0
}

function isEncoding(encoding: unknown): encoding is BufferEncoding {
  return typeof encoding === 'string' && Buffer.isEncoding(encoding)
}
