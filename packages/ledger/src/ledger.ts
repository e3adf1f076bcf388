/**
 * What a ledger is to the one that writes it: options, receipts, state and facts.
 *
 * A *stream* is a directory `<root>/<service>/<stream>.<retention class>`; a *writer* is one directory `w-<12 hex>` in it,
 * held by one process at a time; an *entry* is one line, its index `n` counts from 0 per writer. FORMAT.md has the bytes.
 */
import type { Disk } from './disk.ts'
import type { EpochKeeper } from './keep/epoch-keeper.ts'

/** A second key for checkpoints, ML-DSA-44: C2SP `tlog-cosignature`, type 0x06. */
export interface SecondSigner {
  /** 1,312 raw bytes. */
  readonly publicKey: Uint8Array
  /** 2,420 raw bytes over exactly `message`. */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>
}

/** Whoever signs checkpoints: a key file, a KMS, an HSM. Ed25519, and ML-DSA-44 besides where wanted. */
export interface Signer {
  /** 32 raw bytes. */
  readonly publicKey: Uint8Array
  /** 64 raw bytes over exactly `message`. A signer that answers synchronously also signs in `closeSync()`. */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>
  /**
   * The rotations that lead to this key, oldest first: signed notes, exact. Writers that were begun under an older key of the
   * row are continued, and a verifier who knows any of the keys follows it. Default: this key is the only one.
   */
  readonly lineage?: readonly Uint8Array[]
  /** Named in LEDGER.json of the writers made from now on; those made without it go on without it. */
  readonly second?: SecondSigner
}

/**
 * When a receipt's `acknowledged` resolves. `durable`: after the fdatasync of its batch. `written`: after the write; the
 * fdatasync follows at most 1 s later. `queued`: at once.
 */
export type AckLevel = 'durable' | 'written' | 'queued'

export interface OpenOptions {
  /** The directory of the stream; a writer directory `w-<12 hex>` is chosen or made inside. */
  readonly dir: string
  /** For instance `clinic/audit.standard`. The origin of the checkpoints and the name of their key is `<origin>/<writer>`. */
  readonly origin: string
  readonly stream: string
  readonly retentionClass: string
  readonly signer: Signer
  /** Default `durable`. */
  readonly ack?: AckLevel
  /**
   * How long an entry that nobody waits for may wait in memory for others, in milliseconds: 0 to 1,000. Then they are written
   * and synced together, which costs as much as one alone. Reading a receipt, `head`, `flush()`, `seal()`, closing, and 1,024
   * entries or 256 KiB end the wait at once. What waits is lost by `kill -9` or a loss of power, as is everything that is not
   * acknowledged, and with `ack: 'queued'` what is. Default 0: written at once.
   */
  readonly commitDelayMs?: number
  /** Called with what happens after opening. It must not throw; what it throws is ignored. */
  readonly onFact?: (fact: LedgerFact) => void
  /**
   * What has to be durable elsewhere before a batch may be written here, such as the keys its entries were sealed with.
   * A batch waits for it outside of every turn on the disk; a failure counts as a failed write and is tried again.
   */
  readonly beforeCommit?: BeforeCommit
  /**
   * Makes and destroys the keys of epochs. With it every checkpoint is signed a second time, by a key that is destroyed when
   * its epoch ends: then nobody can sign another past. A writer that has epochs is only continued with its key.
   */
  readonly epochs?: EpochKeeper
  /** How long an epoch lasts, in milliseconds: 1,000 to 604,800,000. Default an hour. */
  readonly epochMs?: number
  /** Only one process may write to this stream: while another one does, opening throws LEDGER_HELD. Default: each has a writer. */
  readonly exclusive?: true
  /**
   * Space that is held in the writer directory, as a file made in the background, and given up when the disk is full, so that
   * what explains the silence can still be written. Default 0: none. At most 1 GiB.
   */
  readonly reserveBytes?: number
  readonly disk?: Disk
  readonly clock?: { now(): number }
}

/**
 * Asked once per batch, after its entries are chosen. Whatever was handed to `append()` before is in that batch or an
 * earlier one, so making everything durable that is due *now* is enough.
 */
export interface BeforeCommit {
  /** Whether something is not durable yet. Cheap: most batches hear no. */
  due(): boolean
  /** Resolves once everything that was due when it was called is durable; rejects with the system's error. */
  persist(): Promise<void>
  /** The same, blocking; may be called while `persist()` is under way. Throws. */
  persistSync(): void
}

/**
 * What happened to an open ledger. `full`: a write failed and is tried again (`LEDGER_FULL`, `LEDGER_WRITE_FAILED`).
 * `writable`: it succeeded again. `failed` and `replaced`: final, open a new ledger and let it adopt what was not
 * acknowledged. `closed`: after an orderly close. `sealed`: a finished segment has its seal. `unsealed`: it does not read back
 * as it was hashed when it was written (`LEDGER_SEAL_MISMATCH`), and nobody signed that.
 */
export interface LedgerFact {
  readonly kind: 'full' | 'writable' | 'failed' | 'replaced' | 'closed' | 'sealed' | 'unsealed'
  readonly code?: string
  readonly message?: string
  /** With `sealed`. */
  readonly segment?: SealedSegment
}

/** A finished segment, as its seal describes it. */
export interface SealedSegment {
  /** Relative to the writer directory, for instance `seg/000000000000.jsonl`, and its seal beside it. */
  readonly file: string
  readonly seal: string
  /** The index of its first entry, and of the one behind its last. */
  readonly first: number
  readonly next: number
  readonly bytes: number
  /** SHA-256 of the file, 64 hex digits. */
  readonly sha256: string
  /** The root of the log's first `next` entries, 64 hex digits. */
  readonly root: string
}

/** Where an entry is: for ever the same. */
export interface Position {
  readonly writer: string
  readonly n: number
}

/**
 * The promise about one entry. Each getter makes its promise when first read, so an unread receipt costs nothing; a
 * rejection nobody waits for is never an unhandled one. Both reject with a LedgerError when the ledger is closed first.
 */
export interface AppendReceipt {
  /** What `append()` was given as `id`; empty otherwise. */
  readonly id: string
  /** Resolves at the ledger's ack level. */
  readonly acknowledged: Promise<Position>
  /** Resolves after fdatasync has returned, whatever the ack level. */
  readonly durable: Promise<Position>
}

/** An entry that a failed ledger could not make durable; the next one adopts it, and its receipt moves along. It shows no more than its id. */
export interface PendingEntry {
  readonly id: string
}

/** What was found and done at opening. Core records it as `stream_open` and, where it applies, `ledger_recovered`. */
export interface Opening {
  readonly writer: string
  /** 32 random hex characters: two processes on a cloned volume show two incarnations with one predecessor. */
  readonly incarnation: string
  /** The index the next entry gets. */
  readonly next: number
  /** `closed`: the last writer said goodbye. `crashed`: it did not. `new`: nothing was written here before. */
  readonly previous: 'new' | 'closed' | 'crashed'
  /** The tree that this incarnation continues; absent when there were no entries. */
  readonly predecessor?: { readonly size: number; readonly root: string }
  /** A torn tail that was cut off: the index it began at, its bytes, and the file that keeps it. */
  readonly recovered?: { readonly first: number; readonly bytes: number; readonly quarantine: string }
  /** Writer directories that could not be continued, and why. */
  readonly refused: readonly RefusedWriter[]
  readonly ack: AckLevel
  /** Base64 of the 32 raw bytes of the Ed25519 key that signs this writer's checkpoints. */
  readonly publicKey: string
}

export interface RefusedWriter {
  readonly writer: string
  readonly code: string
  readonly message: string
}

export interface LedgerState {
  /** The index the next entry gets once everything queued is written. */
  readonly next: number
  /** The highest durable index, -1 for none. */
  readonly durable: number
  /** Bytes and entries that are accepted and not yet durable (ack level `durable`) or not yet written (the others). */
  readonly queuedBytes: number
  readonly queuedEntries: number
  readonly healthy: boolean
  readonly failure?: { readonly code: string; readonly message: string; readonly final: boolean }
  readonly checkpoint?: { readonly size: number; readonly timeMs: number }
}

/** An open writer. One per stream and process; made by `openLedger`. */
export interface Ledger {
  readonly writer: string
  /** The writer directory. */
  readonly dir: string
  /** The checkpoint origin and key name, `<origin>/<writer>`. */
  readonly origin: string
  readonly opening: Opening
  /**
   * Queues one entry. `body` is the members of a JSON object without the outer braces and without `n`, `d`, `h`. With
   * `head` it goes before what is queued, behind other heads; the first entry after opening stays the first. `id` is handed
   * back on the receipt, for callers who need no object of their own then. Never throws for I/O.
   * Throws LEDGER_ENTRY_TOO_LARGE, LEDGER_ENTRY_INVALID, LEDGER_CLOSED.
   */
  append(body: string, head?: boolean, id?: string): AppendReceipt
  readonly state: LedgerState
  /** After a final failure: everything that is not durable, in order; this ledger forgets it. */
  takeUnacknowledged(): readonly PendingEntry[]
  /** Queues what another ledger could not keep. `rewrite` may change the body (sequence numbers start anew). */
  adopt(entries: readonly PendingEntry[], rewrite: (body: string) => string): void
  /** Resolves when everything queued now is durable. Rejects on a final failure; waits while the disk is full. */
  flush(): Promise<void>
  /** The same, blocking; for the end of a process. Never throws for I/O: `state` tells what could not be kept. */
  flushSync(): void
  /**
   * Seals and switches: the segment that is filling ends behind everything queued now, is read back, signed and read-only when
   * this resolves, and entries go on in the next one meanwhile. With nothing new since the last segment ended, that one's seal.
   * Rejects with LEDGER_SEAL_EMPTY in a log without entries, LEDGER_SEAL_MISMATCH, and on a final failure or at closing with
   * LEDGER_CLOSED or its code; waits while the disk is full.
   *
   *     const { file, root } = await ledger.seal()
   */
  seal(): Promise<SealedSegment>
  /** Flushes, signs a last checkpoint and releases the lock. What cannot be written any more is rejected. */
  close(): Promise<void>
  /** The same, blocking. An asynchronous signer cannot sign here: the newest checkpoint then stays the last one. */
  closeSync(): void
}
