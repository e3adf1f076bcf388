/**
 * The port that everything which writes text down asks first, and the account of what was removed.
 */

/** Something that was removed: where (a path of names, never data), by which rule, how often. */
export interface Redaction {
  readonly path: string
  readonly rule: string
  readonly n: number
}

export interface Scrubbed {
  readonly value: unknown
  readonly redactions: readonly Redaction[]
}

export interface Scrubber {
  /** Name and version, as they stand in records: which rules were in force. */
  readonly id: string
  /** A copy that may be written down. Never throws, never changes its argument, never takes longer than its bounds. */
  scrub(value: unknown): unknown
  /** One text, such as a message: what must not be read is replaced in place, the rest stays. At most 8 KiB come back. */
  text(text: string): string
  /** `scrub()` with the account of what was removed. */
  account(value: unknown): Scrubbed
}

/** What the name of a member says about its value. */
export type NameClass =
  /** Passwords, keys, tokens: the whole subtree is hidden. */
  | 'secret'
  /** Names, addresses, birthdays: the whole subtree is hidden. */
  | 'personal'
  /** Holds a body: opened if it can be parsed, else withheld. */
  | 'body'
  | 'url'
  | 'query'
  | 'headers'
  | 'cookies'
  /** A time: digits are no card. */
  | 'time'
  /** An id of the application's own (request ids, order numbers, versions, digests): no entropy or digit rule applies. */
  | 'id'
  /** Nothing is known. */
  | 'free'

/** What the rules for texts need from the walk over values; `text.ts` is given one. */
export interface Opening {
  /** How many strings within strings were opened to get here: at most 4. */
  readonly depth: number
  classify(name: string): NameClass
  /** Scrubs a value parsed out of a text, such as JSON in a string, one level deeper. */
  value(parsed: unknown, name: string): unknown
  /** Hosts that may be shown in URLs. */
  readonly hosts: ReadonlySet<string>
  /** Query parameters whose values may be shown. */
  readonly queryNames: ReadonlySet<string>
  /** Counts one removal by `rule` at the current path. */
  removed(rule: string): void
}
