/** Why something did not arrive, as one of the catalogue's reasons. */
export type Undelivered = 'refused' | 'timeout' | 'unreachable' | 'bad_status' | 'tls' | 'error'

const reasons: readonly (readonly [RegExp, Undelivered])[] = [
  [/^ECONNREFUSED$/, 'refused'],
  [/TIMEDOUT|TIMEOUT|^ABORT_ERR$|^TimeoutError$/, 'timeout'],
  [/^(?:ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'unreachable'],
  [/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/, 'tls'],
]

/** The reason for a failure, from the status or from the codes of the error and its causes; undefined when it was none. */
export function undelivered(status: number | undefined, error: unknown): Undelivered | undefined {
  if (error === undefined) return status !== undefined && status >= 400 ? 'bad_status' : undefined
  for (let at: unknown = error, depth = 0; typeof at === 'object' && at !== null && depth < 5; depth++) {
    for (const word of [Reflect.get(at, 'code'), Reflect.get(at, 'name')]) {
      const found = reasons.find(([pattern]) => typeof word === 'string' && pattern.test(word))
      if (found !== undefined) return found[1]
    }
    at = Reflect.get(at, 'cause')
  }
  return 'error'
}
