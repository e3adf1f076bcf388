/**
 * The personal fields of one record, collected while it is masked and sealed at its end: one envelope for each person, and
 * none for most records.
 *
 * The full address belongs to whoever acted, metadata to the first person the record is about. An envelope of more than 8 KiB
 * is not made: what does not fit is dropped and counted like everything else that is missing.
 */
import { types } from 'node:util'
import type { Pseudonym, SealedFields } from '../pseudonyms.ts'
import { timeOf } from '../scrub/read.ts'

const fieldsBytesMax = 8_192
/** Room for the address and for what JSON adds around the fields. */
const reservedBytes = 192
const textCharsMax = 4_000

/** Beyond, a number has more digits than anybody counts, and writing them out takes as long as its owner likes. */
const bigMax = 2n ** 256n

type Sealable = string | number | boolean

export class Sealing {
  readonly #origin: string | undefined
  readonly #subject: Pseudonym | undefined
  #metadata: Record<string, Sealable> | undefined
  #bytes = reservedBytes

  /** `origin` of the ledger; `subject` is whom metadata is sealed for. Without either nothing of it can be. */
  constructor(origin: string | undefined, subject: Pseudonym | undefined) {
    this.#origin = origin
    this.#subject = subject?.seal === undefined ? undefined : subject
  }

  get possible(): boolean {
    return this.#origin !== undefined && this.#subject !== undefined
  }

  /** Keeps a field to be sealed; otherwise says why not. */
  keep(key: string, value: unknown): 'sealed' | 'wrong_kind' | 'too_long' {
    const field = sealable(value)
    if (field === undefined) return 'wrong_kind'
    // Before anything is made of it: a caller may pass on an upload of a hundred megabytes.
    if (typeof field === 'string' && field.length > textCharsMax) return 'too_long'
    const bytes = Buffer.byteLength(JSON.stringify(key)) + Buffer.byteLength(JSON.stringify(field)) + 2
    if (this.#bytes + bytes > fieldsBytesMax) return 'too_long'
    this.#bytes += bytes
    // A null prototype, so that a field may have any name.
    this.#metadata ??= Object.create(null) as Record<string, Sealable>
    this.#metadata[key] = field
    return 'sealed'
  }

  /** The record's `sealed` member. `address` is that of `actor`, where the event calls for it. */
  seal(recordId: string, actor: Pseudonym | undefined, address: string | undefined): SealedFields[] | undefined {
    const origin = this.#origin
    const ip_address = actor?.seal === undefined ? undefined : address
    const metadata = this.#metadata
    if (origin === undefined || (ip_address === undefined && metadata === undefined)) return undefined
    const envelope = (person: Pseudonym | undefined, fields: object): SealedFields[] =>
      person?.seal === undefined ? [] : [person.seal(origin, recordId, JSON.stringify(fields))]
    if (metadata === undefined) return envelope(actor, { ip_address })
    if (ip_address === undefined) return envelope(this.#subject, { metadata })
    if (actor?.text === this.#subject?.text) return envelope(actor, { ip_address, metadata })
    return [...envelope(actor, { ip_address }), ...envelope(this.#subject, { metadata })]
  }
}

/** Texts, numbers, truth values and times: nothing with members, whose names and depths nobody has bounded. */
function sealable(value: unknown): Sealable | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value === 'bigint') return value > -bigMax && value < bigMax ? value.toString() : undefined
  if (typeof value !== 'object' || !types.isDate(value)) return undefined
  const ms = timeOf(value)
  return ms === undefined ? undefined : new Date(ms).toISOString()
}
