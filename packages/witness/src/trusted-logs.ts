/**
 * Which keys may speak for which log. A log is its origin; a witness signs nothing for one it was not told of.
 *
 * A ledger's origin ends in the name of its writer (`clinic/anchor.long/w-3f9c1e7a22b0`), and a new writer may begin at any
 * restart. So a verifier key named for the stream (`clinic/anchor.long`) stands for all writers of it; each is a log of its own.
 */
import {
  isSignedBy,
  type Note,
  parseVkey,
  signatureLine,
  signatureTypes,
  type VerifierKey,
  verifierKey,
} from '@trailmark/ledger/notes'
import { WitnessError } from './errors.ts'

const writerName = /\/w-[0-9a-f]{12}$/

/** A key that may speak for one origin. */
export interface LogKey {
  readonly name: string
  readonly publicKey: Uint8Array
}

export interface LogKeys {
  readonly keys: readonly LogKey[]
  /** True where the origin was named; otherwise whoever of the keys spoke first for it is the only one later. */
  readonly named: boolean
}

export class TrustedLogs {
  readonly #keys: readonly VerifierKey[]
  readonly #anyOrigin: boolean

  /** With `anyOrigin` the given keys may speak for every origin. Throws WITNESS_OPTION_INVALID. */
  constructor(vkeys: readonly string[], anyOrigin: boolean) {
    if (vkeys.length === 0) throw invalid('name at least one log to be a witness of')
    this.#anyOrigin = anyOrigin
    this.#keys = vkeys.map((text) => {
      const key = parseVkey(text)
      if (key?.type === signatureTypes.note) return key
      throw invalid(`${JSON.stringify(text.slice(0, 200))} is not the verifier key of a log (name+id+key, type 0x01)`)
    })
  }

  /** The keys that may speak for this origin; none for one that is not known. */
  keysOf(origin: string): LogKeys {
    const stream = origin.replace(writerName, '')
    const named = this.#keys.filter(({ name }) => name === origin || name === stream)
    const found = named.length > 0 ? named : this.#anyOrigin ? this.#keys : []
    return { keys: found.map(({ publicKey }) => ({ name: origin, publicKey })), named: named.length > 0 }
  }
}

/** The keys that signed. One whose line does not verify did not, whatever others say. */
export function signersOf(note: Note, keys: readonly LogKey[]): LogKey[] {
  return keys.filter((key) => isSignedBy(note, key))
}

/** The note with the lines of these keys only: anybody can put others below it. */
export function keepOnly(note: Note, keys: readonly LogKey[]): string {
  const ids = keys.map(({ name, publicKey }) => verifierKey(name, signatureTypes.note, publicKey))
  const own = note.signatures.filter((one) =>
    ids.some(({ name, keyId }) => one.name === name && Buffer.compare(one.keyId, keyId) === 0),
  )
  return `${note.text}\n${own.map(signatureLine).join('')}`
}

function invalid(why: string): WitnessError {
  return new WitnessError('WITNESS_OPTION_INVALID', `logs: ${why}`)
}
