/**
 * Opens what is sealed in a record: for readers who hold the keys, such as `trailmark reveal`. Recording that somebody did is
 * theirs to do first.
 */
import { type Keys, KeysError, type KeysErrorCode } from '@trailmark/keys'
import type { SealedFields } from './pseudonyms.ts'

/** As much of a stored record as its envelopes are bound to. */
export interface SealedRecord {
  readonly id: string
  readonly sealed?: readonly SealedFields[] | undefined
}

export interface UnsealOptions {
  /** The origin of the ledger the record stands in, without its writer: `clinic/audit.standard`. */
  readonly origin: string
  /** The commitment that the `subject_key_born` record of a key tells, found by key id in the `keys` ledger. */
  readonly commitmentOf: (kid: string) => string | undefined
}

/** One envelope: its fields, or why it does not open. */
export interface OpenedEnvelope {
  readonly pseudonym: string
  readonly kid: string
  /** `ip_address`, `metadata`; in a birth record `id` and `tenant`. */
  readonly fields?: Readonly<Record<string, unknown>>
  /** KEYS_SUBJECT_ERASED, KEYS_SUBJECT_UNKNOWN, KEYS_COMMITMENT_MISMATCH, KEYS_SLOT_DAMAGED, KEYS_ENVELOPE_DAMAGED. */
  readonly error?: KeysErrorCode
}

/** More than a record has people, and more than their envelopes hold. */
const envelopesMax = 64

/**
 * Every envelope of a record, in its order. One that does not open keeps no other one closed, so nothing is thrown.
 *
 * A key without a recorded birth is as good as another key: its envelope is KEYS_COMMITMENT_MISMATCH.
 *
 *     openSealed(record, keys, { origin: 'clinic/audit.standard', commitmentOf: (kid) => births.get(kid) })
 *     // [{ pseudonym: '6wJQ…', kid: 'YLki…', fields: { ip_address: '203.0.113.77' } }]
 */
export function openSealed(
  record: SealedRecord,
  keys: Pick<Keys, 'subjects'>,
  { origin, commitmentOf }: UnsealOptions,
): OpenedEnvelope[] {
  return (record.sealed ?? []).slice(0, envelopesMax).map(({ p: pseudonym, k: kid, e: envelope }) => {
    try {
      if (keys.subjects === undefined) return { pseudonym, kid, error: 'KEYS_SUBJECT_UNKNOWN' }
      const commitment = commitmentOf(kid) ?? ''
      const text = keys.subjects.open({ origin, recordId: record.id, kid, pseudonym, envelope, commitment })
      return { pseudonym, kid, fields: fieldsOf(text) }
    } catch (error) {
      return { pseudonym, kid, error: error instanceof KeysError ? error.code : 'KEYS_ENVELOPE_DAMAGED' }
    }
  })
}

/** Throws for what no envelope of ours holds. */
function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  const fields: unknown = JSON.parse(text)
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) throw new TypeError('not an object')
  return { ...fields }
}
