/**
 * From what an investigator knows (an account, an address, a record number) to what stands in records.
 *
 * Records hold pseudonyms and keyed tokens, so a clear identifier can be looked for only by whoever can read the keys. The
 * port is small on purpose: the embedded keys satisfy it below, and so can a key service.
 */
import { createTokens, type Pseudonyms, pseudonymsOf } from '@trailmark/core'
import type { Keys } from '@trailmark/keys'

export interface Identities {
  /** Every name a person may have in records, newest first. */
  person(id: string, tenant: string | undefined): readonly string[]
  /** Every token an address may have in records. */
  address(address: string, tenant: string | undefined): readonly string[]
  /** Every token the identifier of a target may have in records. */
  target(type: string, id: string, tenant: string | undefined): readonly string[]
  /** Every token a session may have in records. */
  session(ref: string, tenant: string | undefined): readonly string[]
}

/** Looks identifiers up with the keys of an installation, under every key that still exists. */
export function identitiesOf(keys: Pick<Keys, 'tokens' | 'subjects'>, pseudonyms?: Pseudonyms): Identities {
  const tokens = createTokens(keys.tokens)
  const people = pseudonyms ?? pseudonymsOf(keys.subjects, tokens)
  return {
    person: (id, tenant) => people.find({ id, ...(tenant !== undefined && { tenant }) }),
    address: (address, tenant) => tokens.find('address', address, { tenant }),
    target: (type, id, tenant) => tokens.find(`target:${type}`, id, { tenant }),
    session: (ref, tenant) => tokens.find('session', ref, { tenant }),
  }
}
