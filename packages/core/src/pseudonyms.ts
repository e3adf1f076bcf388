/**
 * How people are named in records: the port between the recorder and whoever keeps the keys.
 *
 * A person stands in a record as a pseudonym, never as the application's identifier. The embedded default derives keyed
 * tokens; a store with one key per subject implements the same port and can then forget a person for good.
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

/** A key that was made since the last call, to be told in the `keys` ledger before any record that uses it. */
export interface SubjectBirth {
  readonly pseudonym: string
  readonly kid: string
  /** SHA-256("trailmark-kc-v1" ‖ kid ‖ key), hex. */
  readonly commitment: string
  /** The clear identifier, sealed under the new key. */
  readonly sealed: SealedFields
}

export interface Pseudonyms {
  /** The name this person has in records written now. Never throws and never waits. */
  name(person: Person): Pseudonym
  /** Every name this person may have in records already written, newest first: what `--actor` searches for. */
  find(person: Omit<Person, 'proved'>): readonly string[]
  /** Keys made since the last call. The recorder writes them as `subject_key_born` before the records that use them. */
  takeBirths(): readonly SubjectBirth[]
  /** Resolves once every key handed out so far would be found again after a crash; the ledger batch waits for it. */
  persist(): Promise<void>
  /** The same, before the process ends. */
  persistSync(): void
}
