/**
 * What the rest of Trailmark asks of its keys, and what a key management service implements instead of our files.
 *
 * Key material never crosses these ports: signing is a call, token keys are `KeyObject`s, which print and serialise as
 * nothing.
 */
import type { KeyObject } from 'node:crypto'

/** Signs the ledger's checkpoints with Ed25519 (RFC 8032). Satisfies the ledger's `Signer` by shape. */
export interface LogSigner {
  /** The raw public key, 32 bytes. */
  readonly publicKey: Uint8Array
  /** The signature, 64 bytes. */
  sign(message: Uint8Array): Uint8Array
  /** The rotations that led to this key, oldest first: signed notes. Absent where there was none. */
  readonly lineage?: readonly Uint8Array[]
  /** A second key for checkpoints, where one was asked for. */
  readonly second?: SecondSigner
}

/** Signs checkpoints with ML-DSA-44 (FIPS 204). */
export interface SecondSigner {
  /** The raw public key, 1,312 bytes. */
  readonly publicKey: Uint8Array
  /** The signature, 2,420 bytes. */
  sign(message: Uint8Array): Uint8Array
}

/** Whose epoch key it is. */
export interface EpochWriter {
  /** `<service>/<stream>.<retention class>/<writer>`. */
  readonly origin: string
  readonly stream: string
  /** `w-<12 hex>`. */
  readonly writer: string
}

/** The key of one epoch. */
export interface EpochSigner {
  /** The raw public key, 32 bytes. */
  readonly publicKey: Uint8Array
  /** The signature, 64 bytes. */
  sign(message: Uint8Array): Uint8Array
}

/**
 * Keys that sign for an hour and are destroyed. Satisfies the ledger's `EpochKeeper` by shape. Synchronous, called twice an
 * hour, and only by the process that holds the writer. Throws `KeysError`s.
 */
export interface EpochKeys {
  /** A new key, durable when it returns; the one in use stays, and one that was made before and never kept is forgotten. */
  next(writer: EpochWriter): EpochSigner
  /** The key with this public half; every other key of the writer is destroyed. Undefined when it is lost: then nothing is. */
  keep(writer: EpochWriter, publicKey: Uint8Array): EpochSigner | undefined
}

/** One key for HMAC-SHA-256. */
export interface TokenKey {
  /** Names the key inside tokens: 8 characters of `[a-z0-9]`, random, not derived from the key. */
  readonly kid: string
  readonly key: KeyObject
  /** Milliseconds since the epoch. */
  readonly created: number
}

/**
 * `stable` keys stay, so that what they name can be looked up for as long as the records live. `monthly` keys, for addresses
 * and devices, are destroyed some time after their month, and with them the means of linking such tokens.
 */
export type TokenScope = 'stable' | 'monthly'

export interface TokenKeys {
  /**
   * The key for tokens of something that happened at `timeMs`. Never waits for a disk and never throws; every key it hands
   * out would be found again after a crash.
   */
  current(scope: TokenScope, timeMs: number): TokenKey
  /** Every key that still exists, newest first: what a look-up tries. May read the disk. */
  all(scope: TokenScope): readonly TokenKey[]
}

/** A person as the application knows them. An id with `@` is an e-mail address: upper and lower case are the same. */
export interface Subject {
  readonly id: string
  readonly tenant?: string | undefined
}

/** The key of one person for one epoch. */
export interface SubjectKey {
  /** 22 characters of base64url, random. */
  readonly kid: string
  /** The year in UTC, `2026`; the month, `202601`, for the key of anonymous visitors. */
  readonly epoch: string
  /** 22 characters of base64url; the same for all records of this person and epoch, and linked to no other. */
  readonly pseudonym: string
  /** SHA-256("trailmark-kc-v1" ‖ kid ‖ key), 64 hexadecimal digits. */
  readonly commitment: string
  /** Personal fields (JSON, at most 8 KiB) as an envelope in base64, bound to ledger origin, record, key and pseudonym. */
  seal(origin: string, recordId: string, fields: string): string
}

/** One envelope as a record shows it, and what it is bound to. */
export interface SealedEnvelope {
  readonly origin: string
  readonly recordId: string
  readonly kid: string
  readonly pseudonym: string
  readonly envelope: string
  /** As the birth record of the key says it. */
  readonly commitment: string
}

/** What has to be on record before the key is used: that it was born, or that two names are one person's. */
export type SubjectNews =
  | {
      readonly kind: 'birth'
      readonly key: SubjectKey /** Absent for anonymous visitors. */
      readonly subject?: Subject
    }
  | {
      readonly kind: 'alias'
      readonly key: SubjectKey
      readonly previous: SubjectKey
      /** A new epoch began, or two processes made a key at the same time. */
      readonly reason: 'epoch' | 'two_writers'
    }

/** What `destroy()` did. Names keys and never the person. */
export interface DestroyedSubject {
  /** Keys destroyed now. */
  readonly kids: readonly string[]
  /** Keys that had been destroyed before. */
  readonly before: readonly string[]
}

/** What `tend()` destroyed. */
export interface TendedKeys {
  /** Ids of keys of anonymous visitors. */
  readonly expired: readonly string[]
  /** Numbers of key-encryption keys. With each of them, erasures before it became final. */
  readonly keks: readonly number[]
}

/**
 * One key per person and epoch: what people are named by and personal fields are sealed under, and what is destroyed to
 * forget them. On the way of a record everything is synchronous and in memory; `persist()` makes it durable.
 */
export interface SubjectKeys {
  /**
   * The key for records of now: the oldest of the current epoch, made if there is none. Never waits and never throws.
   * Undefined where none can be made: for readers, and while 65,536 keys wait for a disk that does not take them.
   */
  current(subject: Subject): SubjectKey | undefined
  /** The same without making one. */
  find(subject: Subject): SubjectKey | undefined
  /** The key of this month's anonymous visitors. */
  anonymous(): SubjectKey | undefined
  /** Every key of a person that still exists, newest epoch first; looks at what other processes made. */
  all(subject: Subject): readonly SubjectKey[]
  /** True when a key of this person was destroyed. Somebody who came back may have a new one besides. */
  wasErased(subject: Subject): boolean
  /** Births and aliases since the last call, in the order they have to be recorded in. */
  takeNews(): readonly SubjectNews[]
  /** The births of these keys are durable, and need not be told again by the next process. */
  told(kids: readonly string[]): void
  /** True while a key was handed out that a crash could lose. */
  due(): boolean
  /** Resolves once every key handed out before the call would be found again after a crash. Rejects with the system's error. */
  persist(): Promise<void>
  /** The same, blocking; may be called while `persist()` is under way. Throws. */
  persistSync(): void
  /**
   * The personal fields of an envelope. Throws KEYS_SUBJECT_ERASED, KEYS_SUBJECT_UNKNOWN, KEYS_SLOT_DAMAGED,
   * KEYS_COMMITMENT_MISMATCH (before anything is decrypted) and KEYS_ENVELOPE_DAMAGED.
   */
  open(sealed: SealedEnvelope): string
  /**
   * Destroys every key of a person, in the files of all processes; final once `rotateKek()` was called in each process.
   * Resolves when that is durable. Repeating it changes nothing. A person who is proved again later gets a new key, which
   * nothing links to the old one. Throws KEYS_SUBJECTS_BUSY.
   */
  destroy(subject: Subject): Promise<DestroyedSubject>
  /** Destroys the keys of anonymous visitors whose month ended more than 90 days before `nowMs`; resolves to their ids. */
  expireAnonymous(nowMs: number): Promise<readonly string[]>
  /**
   * Wraps the keys of this process, and of processes that are gone, under a new key-encryption key; older ones are destroyed
   * as soon as no file names them. Resolves to the ids of the destroyed ones. Throws KEYS_SUBJECTS_BUSY.
   */
  rotateKek(): Promise<readonly number[]>
  /**
   * What has to be done from time to time: `expireAnonymous()`, and `rotateKek()` once the key-encryption key is a day old or
   * another process made a newer one. Cheap when nothing is due. Resolves to what was destroyed.
   */
  tend(nowMs: number): Promise<TendedKeys>
}

export interface Keys {
  /** The directory; empty for keys that live in memory. */
  readonly dir: string
  /** True when this call made the log key, so somebody should be told. */
  readonly created: boolean
  readonly log: LogSigner
  /** Absent where no key can be written, as on a directory that is mounted read-only: past epochs are not protected then. */
  readonly epochs?: EpochKeys
  readonly tokens: TokenKeys
  /** Absent: people are named by tokens, and nothing can be sealed or erased. */
  readonly subjects?: SubjectKeys
}
