/** What a witness answers to one request: C2SP `tlog-witness`, as a value. */

export interface Answer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422 | 500
  readonly contentType: string
  readonly body: string
}

export function cosigned(lines: string): Answer {
  return { status: 200, contentType: 'text/plain; charset=utf-8', body: lines }
}

/** The size the witness holds: what a log has to begin its proof at. */
export function conflict(size: number): Answer {
  return { status: 409, contentType: 'text/x.tlog.size', body: `${size}\n` }
}

export function refusal(status: 400 | 403 | 404 | 422 | 500, why: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${why}\n` }
}
