/**
 * The port behind the recorder: the few things it asks of a ledger.
 *
 * `@trailmark/ledger` satisfies it as it is; `memory-log.ts` is the same in memory; a shared ledger implements it too.
 * The recorder owns what an entry says, the log owns when it is safe.
 */
import type { Position } from '../receipt.ts'

/** An entry that was accepted and not yet acknowledged; only its own kind of log can look inside. */
export type PendingRecord = object

export interface LogReceipt {
  /** What `append()` was given: then the receipt can be handed on as it is. */
  readonly id?: string
  readonly acknowledged: Promise<Position>
  readonly durable: Promise<Position>
}

/** What a log tells after it was opened. */
export interface LogFact {
  readonly kind: 'full' | 'writable' | 'failed' | 'replaced' | 'closed' | 'sealed' | 'unsealed'
  readonly code?: string
  readonly message?: string
}

export interface LogOpening {
  readonly writer: string
  /** Random, made at every opening: a cloned volume shows two incarnations with one predecessor. */
  readonly incarnation: string
  /** Index the next entry will get. */
  readonly next: number
  readonly previous: 'new' | 'closed' | 'crashed'
  readonly predecessor?: { readonly size: number; readonly root: string }
  readonly recovered?: { readonly first: number; readonly bytes: number; readonly quarantine: string }
  readonly refused: readonly { readonly writer: string; readonly code: string; readonly message: string }[]
  readonly ack: string
  readonly publicKey: string
}

export interface LogState {
  readonly next: number
  readonly durable: number
  readonly queuedBytes: number
  readonly queuedEntries: number
  readonly healthy: boolean
  readonly failure?: { readonly code: string; readonly message: string; readonly final: boolean }
  readonly checkpoint?: { readonly size: number; readonly timeMs: number }
}

/** A part of a log that is finished and sealed. Files are relative to the writer directory. */
export interface SealedRange {
  readonly file: string
  readonly seal: string
  /** The index of its first record, and of the one behind its last. */
  readonly first: number
  readonly next: number
  readonly bytes: number
  /** Of the file, and of the log's first `next` records; 64 hex digits each. */
  readonly sha256: string
  readonly root: string
}

export interface RecordLog<P extends PendingRecord = PendingRecord> {
  readonly writer: string
  readonly dir?: string
  readonly opening: LogOpening
  readonly state: LogState
  /**
   * Accepts the members of one JSON object, without its braces. `head`: before what is queued. `id`: the record's, for the
   * receipt. Never throws for I/O.
   */
  append(body: string, head?: boolean, id?: string): LogReceipt
  /** After a final failure: everything never acknowledged, in order; the receipts move along. */
  takeUnacknowledged(): readonly P[]
  /** Takes over entries of a failed log of the same kind, each body rewritten. */
  adopt(entries: readonly P[], rewrite: (body: string) => string): void
  flush(): Promise<void>
  flushSync(): void
  /** Ends and seals what was appended so far; what comes later goes behind it. Not every log can. */
  seal?(): Promise<SealedRange>
  close(): Promise<void>
  closeSync(): void
}

/** What a log is opened for. `onFact` is called from then on, never while opening. */
export interface OpenLog {
  readonly stream: string
  readonly retentionClass: string
  readonly onFact: (fact: LogFact) => void
  /** What has to be durable before anything appended is written: see the ledger's option of that name. */
  readonly beforeCommit?: BeforeCommit
}

/** Things that records depend on, such as the keys they were sealed with. */
export interface BeforeCommit {
  /** Whether something is not durable yet. Cheap. */
  due(): boolean
  /** Resolves once everything that is due is durable; rejects when that fails. */
  persist(): Promise<void>
  /** The same, blocking. Throws. */
  persistSync(): void
}

/** Opens one log; synchronous. Called again after a final failure, for a new writer. May throw, with a coded error. */
export type OpenRecordLog = (open: OpenLog) => RecordLog
