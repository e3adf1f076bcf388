/** What a verification hands on: every break, every gap, and what is worth knowing although nothing is wrong. */
import type { HeldRoot } from './held-root.ts'

export interface VerifyOptions {
  /** Keys that were pinned outside the directory, 32 raw bytes each. Without them a ledger proves consistency, not origin. */
  readonly publicKeys?: readonly Uint8Array[]
  /** Roots that were kept from earlier verifications: each has to be the root of so many first entries still. */
  readonly heldRoots?: readonly HeldRoot[]
  /** Verifier keys of witnesses to trust: their cosignatures beside anchor logs are checked, and count. */
  readonly witnesses?: readonly string[]
  /** Certificates, in PEM, of timestamp authorities to trust: their tokens are checked, and count. */
  readonly timestampCertificates?: readonly string[]
  /**
   * How many threads read beside each other, 0 to 64; with 0 the calling thread reads. By default one for each core, fewer where
   * there is little to read. The answer is the same.
   */
  readonly workers?: number
  readonly signal?: AbortSignal
  /** Bytes done and bytes in total, as far as known. */
  readonly onProgress?: (done: number, total: number) => void
}

export interface VerifyReport {
  /** True when every stream is whole and complete. */
  readonly ok: boolean
  /** Whether keys were pinned; without them the report says "self-signed". */
  readonly pinned: boolean
  readonly streams: StreamReport[]
  /** Origins that held roots or anchor logs name, and of which there is no writer any more. */
  readonly lost: readonly string[]
}

export interface StreamReport {
  readonly dir: string
  readonly origin: string
  readonly service: string
  readonly stream: string
  readonly retentionClass: string
  readonly writer: string
  readonly entries: number
  readonly bytes: number
  /** The root over every entry found, hex. */
  readonly root: string
  readonly checkpoint?: { readonly size: number; readonly root: string }
  /** Absent without a LEDGER.json that can be read. */
  readonly keys?: KeysReport
  /** The newest tree that somebody outside vouches for whom the verifier was told to trust. */
  readonly anchored?: Anchored
  /** Entries from this index on are vouched for by nobody outside. Absent when there are none. */
  readonly unanchoredSince?: number
  readonly integrity: { readonly ok: boolean; readonly breaks: Break[] }
  readonly completeness: { readonly ok: boolean; readonly gaps: Gap[] }
  readonly notes: Note[]
}

/** Which keys signed, as far as the statements in the directory lead. */
export interface KeysReport {
  /** Base64 of 32 bytes each, oldest first; the last one signs now. */
  readonly logKeys: readonly string[]
  /** Epochs whose keys are destroyed: what they signed cannot be signed again. */
  readonly epochsClosed: number
  /** The epoch under way: when it began, and with how many entries before it. */
  readonly epochOpen?: { readonly begun: string; readonly size: number }
  /** Base64. Keep it outside, in a `HeldRoot`, and nobody can begin the row of epochs anew. */
  readonly firstEpochKey?: string
}

/** Who outside saw a tree of this size, and when the first of them did. */
export interface Anchored {
  readonly size: number
  /** RFC 3339 in UTC, by the clock of the witness or the authority. */
  readonly time: string
  /** Names of anchors. */
  readonly by: readonly string[]
}

/** One place where the directory is not what was signed. */
export interface Break {
  readonly code: string
  /** The index of the entry concerned; -1 when the break is in a file that holds no entries. */
  readonly n: number
  /** Relative to the writer directory. */
  readonly file: string
  readonly offset: number
  readonly message: string
}

/**
 * Sequence numbers without a record. Explained when an `audit_gap` record of the same opening names them. With the code
 * LEDGER_HEARTBEAT_SILENT: an anchor log that was not heard of, and both numbers are the index of the last entry before.
 */
export interface Gap {
  readonly code?: 'LEDGER_HEARTBEAT_SILENT'
  readonly firstSeq: number
  readonly lastSeq: number
  readonly message: string
  readonly explained: boolean
}

/** Something a reader should know that is no finding. */
export interface Note {
  readonly code: string
  readonly message: string
}
