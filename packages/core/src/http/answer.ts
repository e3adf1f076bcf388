/**
 * Puts a problem document on the wire, or cuts the connection where that is no longer possible.
 *
 * Once headers are out the client would take whatever we add, or a clean end, for the answer it asked for; only a broken
 * connection says that it is not.
 */
import { type ServerResponse, STATUS_CODES } from '../node-http.ts'
import type { RawRequest, RawResponse } from './exchange.ts'
import type { Problem } from './problem.ts'

/** HTTP/2's INTERNAL_ERROR (RFC 9113, section 7): closing a stream without a code would look like a complete answer. */
const http2InternalError = 2
/** What the application had said about the answer it did not get to give. */
const aboutTheBody = /^(?:content-.*|etag|last-modified|expires|cache-control|transfer-encoding|trailer|accept-ranges)$/

/** Answers `problem`, or cuts the connection when headers are out. Does nothing once an answer was given in full. Never throws. */
export function answerProblem(req: RawRequest, res: RawResponse, problem: Problem): void {
  try {
    if (res.writableEnded || isGone(res)) return
    if (res.headersSent) {
      cut(res)
      return
    }
    // A request still being piped into the response would go on writing behind the problem.
    req.unpipe()
    for (const name of res.getHeaderNames()) {
      if (aboutTheBody.test(name)) res.removeHeader(name)
    }
    for (const [name, value] of Object.entries(problem.headers)) res.setHeader(name, value)
    res.statusCode = problem.status
    // HTTP/2 has no reason phrase and warns about one. In HTTP/1 an application may have put its own words there.
    if (!('stream' in res)) res.statusMessage = STATUS_CODES[problem.status] ?? ''
    if (req.method === 'HEAD') res.end()
    else res.end(problem.body)
    req.resume()
  } catch {
    cut(res)
  }
}

/** Ends a response so that its client cannot believe it to be complete. */
export function cut(res: RawResponse): void {
  if ('stream' in res) {
    res.stream.close(http2InternalError)
    return
  }
  // Also right for a pipelined response that has no socket yet: it is told once the socket is assigned.
  if (!endsWithConnection(res) || !reset(res)) res.destroy()
}

/** A body without chunks and without a length is over when the connection is, and an early end would pass for its own. */
function endsWithConnection(res: ServerResponse): boolean {
  return res.headersSent && !res.chunkedEncoding && !res.hasHeader('content-length')
}

/** False where the connection knows no reset: on TLS, where an end without a farewell is one, and on a local socket. */
function reset({ socket }: ServerResponse): boolean {
  try {
    socket?.resetAndDestroy()
    return socket !== null
  } catch {
    return false
  }
}

function isGone(res: RawResponse): boolean {
  if ('stream' in res) return res.stream.destroyed
  // Node 22 finishes a response on a connection that is gone, and it would pass for delivered.
  return res.destroyed || res.socket?.destroyed === true
}
