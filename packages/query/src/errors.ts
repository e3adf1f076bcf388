/**
 * Every code this package can answer with, and the one class that carries them.
 *
 * Codes are public: callers match on them, they may be retired, and they are never renamed or reused.
 */
export const codes = {
  QUERY_FILTER_INVALID: 'A filter has a value it cannot have; the message names the member.',
  QUERY_NO_STREAMS: 'The directory holds no ledger: a wrong path, or nothing was ever recorded there.',
  QUERY_KEYS_NEEDED: 'A clear identifier can only be looked for where the keys are readable.',
  QUERY_LINE_MALFORMED: 'A line of a ledger is not an audit/1 record; it is counted, reported and left out.',
} as const

export type QueryErrorCode = keyof typeof codes

/** An error of reading the trail. Match on `code`; the message is for people and may change. */
export class QueryError extends Error {
  override readonly name = 'QueryError'
  readonly code: QueryErrorCode

  constructor(code: QueryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
