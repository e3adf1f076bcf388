/** What is sealed in one record, opened: the people it names, and the fields that belong to them. */
import { type OpenedEnvelope, openSealed } from '@trailmark/core'
import type { Keys, KeysErrorCode } from '@trailmark/keys'
import type { FoundRecord, KnownPeople, KnownPerson, StoredRecord } from '@trailmark/query'

export type PersonRole = 'actor' | 'on_behalf_of' | 'subject' | 'owner'

export interface NamedPerson extends KnownPerson {
  readonly role: PersonRole
  readonly pseudonym: string
}

export interface Opened {
  readonly people: readonly NamedPerson[]
  /** The full client address. */
  readonly address?: string
  /** Metadata that was sealed, by name. */
  readonly fields: Readonly<Record<string, unknown>>
  /** Envelopes that stay closed, and why. */
  readonly closed: readonly { readonly pseudonym: string; readonly kid: string; readonly error: KeysErrorCode }[]
  /** Values that were opened. */
  readonly rows: number
}

/** Every name of a person in the record, once for each role it stands in. */
export function peopleIn(record: StoredRecord): { readonly role: PersonRole; readonly pseudonym: string }[] {
  const named = (role: PersonRole, ...names: readonly (string | undefined)[]) =>
    [...new Set(names)].flatMap((pseudonym) => (pseudonym === undefined ? [] : [{ role, pseudonym }]))
  return [
    ...named('actor', record.user_id),
    ...named('on_behalf_of', record.actor?.on_behalf_of),
    ...named('subject', ...(record.subjects ?? [])),
    ...named('owner', ...(record.targets ?? []).map(({ owner }) => owner)),
  ]
}

/** The pseudonyms and key ids whose births are needed to open the record. */
export function bornIn(record: StoredRecord): Set<string> {
  const keys = (record.sealed ?? []).map(({ k }) => k)
  return new Set([...peopleIn(record).map(({ pseudonym }) => pseudonym), ...keys].filter((name) => !isToken(name)))
}

/** A keyed token cannot be turned back, by nobody: it has no key of its own. */
export const isToken = (name: string): boolean => name.startsWith('p1_')

/** Opens what can be opened. Never throws: what stays closed says why. */
export function openRecord({ record, origin }: FoundRecord, keys: Keys, known: KnownPeople): Opened {
  const envelopes = openSealed(record, keys, { origin, commitmentOf: (kid) => known.commitments.get(kid) })
  const people = peopleIn(record).map((one) => ({ ...one, ...known.byPseudonym.get(one.pseudonym) }))
  const fields: Record<string, unknown> = Object.create(null)
  let address: string | undefined
  for (const { fields: opened = {} } of envelopes) {
    const { ip_address, metadata, ...rest } = opened
    if (typeof ip_address === 'string') address = ip_address
    Object.assign(fields, typeof metadata === 'object' ? metadata : {}, rest)
  }
  const shown = people.filter(({ id }) => id !== undefined).length + Object.keys(fields).length
  return {
    people,
    ...(address !== undefined && { address }),
    fields,
    closed: envelopes.flatMap(closedOf),
    rows: shown + (address === undefined ? 0 : 1),
  }
}

function closedOf({ pseudonym, kid, error }: OpenedEnvelope) {
  return error === undefined ? [] : [{ pseudonym, kid, error }]
}
