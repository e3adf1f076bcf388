/**
 * The little of an incoming request that capture reads. Node's own requests have it, HTTP/1 and HTTP/2 alike.
 */

export interface IncomingRequest {
  /** Names in lower case. Node joins repeated headers with `, ` on HTTP/1 and lists them on HTTP/2. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Names and values in turn, as they arrived. */
  readonly rawHeaders: readonly string[]
  readonly socket?: { readonly remoteAddress?: string | undefined } | null | undefined
}

/** The socket peer as Node spells it; undefined without one. Never throws, as HTTP/2's socket does once it is gone. */
export function peerAddress(req: IncomingRequest): string | undefined {
  try {
    return req.socket?.remoteAddress
  } catch {
    return undefined
  }
}

/** Whether more than one header line has this name, which is in lower case. */
export function isRepeated(rawHeaders: readonly string[], name: string): boolean {
  let seen = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const header = rawHeaders[i]!
    if (header.length === name.length && header.toLowerCase() === name) seen++
  }
  return seen > 1
}

/** Several lines of a list header as one, in order: what HTTP says they mean. */
export function combined(value: string | readonly string[] | undefined): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : value.join(',')
}
