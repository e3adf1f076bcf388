/**
 * How people are named in records: the port between the recorder and whoever keeps the keys.
 *
 * A person stands in a record as a pseudonym, never as the application's identifier. The embedded default has one key per
 * person and can forget them for good; keys without subjects name people by keyed tokens.
 * Everything on the path of a request is synchronous: a record must not wait for a key store.
 */

/** A person as the application knows them. */
export interface Person {
  readonly id: string
  readonly tenant?: string
  /**
   * True when the identifier was proved by authentication or names a data subject. Only then may a key be made for it:
   * a flood of invented user names must not fill the key store.
   */
  readonly proved: boolean
  /** True where the application names somebody by itself: they get the name they have already, and no key is made. */
  readonly known?: true
}

/** Personal fields sealed for one person in one record; `p` the pseudonym, `k` the key id, `e` the envelope (base64). */
export interface SealedFields {
  readonly p: string
  readonly k: string
  readonly e: string
}

export interface Pseudonym {
  /** What stands in `user_id` and `subjects[]`. */
  readonly text: string
  /**
   * Seals personal fields (a JSON object, at most 8 KiB) under this person's key, bound to ledger origin, record id and
   * pseudonym. Absent where the person has no key of their own: such fields are then dropped and counted.
   */
  readonly seal?: (origin: string, recordId: string, fields: string) => SealedFields
}

/** A key that was made, to be told in the `keys` ledger before any record that uses it. */
export interface SubjectBirth {
  readonly kind: 'birth'
  readonly pseudonym: string
  readonly kid: string
  readonly epoch: string
  /** SHA-256("trailmark-kc-v1" ‖ kid ‖ key), hex. */
  readonly commitment: string
  /** Seals the clear identifier under the new key, for the record of its birth. Absent for anonymous visitors. */
  readonly seal?: (origin: string, recordId: string) => SealedFields
}

/** Two names of one person, to be told in the `keys` ledger. */
export interface SubjectAlias {
  readonly kind: 'alias'
  readonly pseudonym: string
  readonly kid: string
  readonly epoch: string
  readonly previousPseudonym: string
  readonly previousKid: string
  /** A new epoch began, or two processes made a key at the same time. */
  readonly reason: 'epoch' | 'two_writers'
}

export interface Pseudonyms {
  /** The name this person has in records written now. Never throws and never waits. */
  name(person: Person): Pseudonym
  /** Every name this person may have in records already written, newest first: what `--actor` searches for. */
  find(person: Omit<Person, 'proved' | 'known'>): readonly string[]
  /** Whom fields of visitors without identity are sealed for, if anybody. */
  anonymous?(): Pseudonym | undefined
  /** Births and aliases since the last call, in the order in which they have to be told. */
  takeNews(): readonly (SubjectBirth | SubjectAlias)[]
  /** The births of these keys are durable. */
  told(kids: readonly string[]): void
  /** True while a key was handed out that a crash could lose. */
  due(): boolean
  /** Resolves once every key handed out so far would be found again after a crash; the ledger batch waits for it. */
  persist(): Promise<void>
  /** The same, before the process ends. Throws. */
  persistSync(): void
}
