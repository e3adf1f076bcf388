/** What a reader knows of a writer directory and of one entry in it. */

/** One writer directory, as its LEDGER.json describes it. */
export interface StreamInfo {
  /** The writer directory. */
  readonly dir: string
  readonly service: string
  readonly stream: string
  readonly retentionClass: string
  readonly writer: string
  /** The checkpoint origin, `<origin>/<writer>`. */
  readonly origin: string
  /** When the directory was made: `YYYY-MM-DDTHH:mm:ss.sssZ`. */
  readonly created: string
  /** Base64 of the 32 raw bytes of the Ed25519 key that signs its checkpoints. */
  readonly publicKey: string
}

/** One line of a ledger and where it stands. */
export interface Entry {
  readonly n: number
  /** The exact line, without its line feed. */
  readonly line: string
  /** Relative to the writer directory, for instance `seg/000000000000.jsonl`. */
  readonly file: string
  /** Bytes from the beginning of that file. */
  readonly offset: number
  readonly stream: StreamInfo
}

export interface ReadOptions {
  /** The first index wanted. Default 0. */
  readonly from?: number
  readonly signal?: AbortSignal
  /** Called with the number of bytes read since the last call. */
  readonly onProgress?: (bytes: number) => void
  /** Called for a line that is not framed as this format frames it. Such lines are left out; `verify` reports them. */
  readonly onInvalid?: (place: { readonly file: string; readonly offset: number }) => void
}

export interface FollowOptions {
  /** The first index wanted, or `end` for what becomes durable from now on. */
  readonly from: number | 'end'
  readonly signal: AbortSignal
  /** How often the files are looked at, in milliseconds. Default 200. */
  readonly pollMs?: number
}
