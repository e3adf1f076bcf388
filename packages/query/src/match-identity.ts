/**
 * Comparing a record with a clear identifier, through the tokens it may have there.
 *
 * Tokens depend on the tenant, which only the record knows, so they are made when a tenant is first seen and kept.
 */
import { maskAddress } from '@trailmark/core'
import { QueryError } from './errors.ts'
import type { Identities } from './identities.ts'
import { lineHead } from './line-head.ts'
import type { StoredRecord } from './record.ts'

/** The two questions of a filter, for one identifier. */
export interface IdentityTest {
  mayMatch(line: string): boolean
  matches(record: StoredRecord): boolean
}

/** Tenants whose tokens are kept at one time; a trail with more of them makes some again. */
const tenantsMax = 1_000

/** Does the record name this person: as the one who acted, or as one whose data it was. */
export function matchPerson(role: 'actor' | 'subject', id: string, identities: Identities | undefined): IdentityTest {
  if (identities === undefined) throw keysNeeded(role)
  const names = new PersonNames((tenant) => identities.person(id, tenant))
  const matches =
    role === 'actor'
      ? (record: StoredRecord) => record.user_id !== undefined && names.has(record, record.user_id)
      : (record: StoredRecord) => record.subjects?.some((subject) => names.has(record, subject)) ?? false
  return { matches, mayMatch: names.mayMatch }
}

/** Does the record belong to this session, given by the application's reference or by its token. */
export function matchSession(ref: string, identities: Identities | undefined): IdentityTest {
  const stored = storedToken.test(ref)
  if (!stored && identities === undefined) throw keysNeeded('session')
  const refs = new TenantTokens((tenant) => (stored ? [ref] : (identities?.session(ref, tenant) ?? [])))
  return {
    mayMatch: refs.mayMatch,
    matches: (record) => record.actor?.session_ref !== undefined && refs.of(record).has(record.actor.session_ref),
  }
}

/** Does the record come from this address. */
export function matchAddress(address: string, identities: Identities | undefined): IdentityTest {
  const network = maskAddress(address)
  if (network === undefined) throw new QueryError('QUERY_FILTER_INVALID', 'filter address must be an IP address')
  const needle = `"ip_address":${JSON.stringify(network)}`
  const mayMatch = (line: string) => line.includes(needle)
  const sameNetwork = (record: StoredRecord) => record.ip_address === network
  if (identities === undefined || network === address) return { mayMatch, matches: sameNetwork }
  const tokens = new TenantTokens((tenant) => identities.address(address, tenant))
  return {
    mayMatch,
    matches(record) {
      if (!sameNetwork(record)) return false
      if (record.ip_token === undefined) return true
      const known = tokens.of(record)
      // A token under a key that was destroyed says nothing any more; then the network is all that is left to compare.
      return known.has(record.ip_token) || !known.keys.has(keyOf(record.ip_token))
    },
  }
}

/** Does the record name this kind of thing, or this thing, among its targets. */
export function matchResource(resource: string, identities: Identities | undefined): IdentityTest {
  const slash = resource.indexOf('/')
  const type = slash < 0 ? resource : resource.slice(0, slash)
  const id = slash < 0 ? undefined : resource.slice(slash + 1)
  if (type === '' || id === '') throw new QueryError('QUERY_FILTER_INVALID', 'filter resource must be type or type/id')
  const needle = JSON.stringify(type)
  const typed = (record: StoredRecord) => targetsOf(record).filter((target) => target.type === type)
  if (id === undefined)
    return { mayMatch: (line) => line.includes(needle), matches: (record) => typed(record).length > 0 }
  const stored = storedToken.test(id)
  if (!stored && identities === undefined) throw keysNeeded('resource')
  const ids = new TenantTokens((tenant) => (stored ? [id] : (identities?.target(type, id, tenant) ?? [])))
  return {
    mayMatch: (line) => line.includes(needle) && ids.mayMatch(line),
    matches: (record) => typed(record).some((target) => target.id !== undefined && ids.of(record).has(target.id)),
  }
}

const storedToken = /^p1_[a-z0-9]{8}_[A-Za-z0-9_-]{22}$/

function targetsOf(record: StoredRecord): readonly { readonly type: string; readonly id?: string }[] {
  if (record.targets !== undefined) return record.targets
  if (record.resource_type === undefined) return []
  return [{ type: record.resource_type, ...(record.resource_id === undefined ? {} : { id: record.resource_id }) }]
}

/** Tokens, and the ids of the keys they were made with. */
class TokenSet {
  readonly #tokens: ReadonlySet<string>
  readonly keys: ReadonlySet<string>

  constructor(tokens: readonly string[]) {
    this.#tokens = new Set(tokens)
    this.keys = new Set(tokens.map(keyOf))
  }

  has(token: string): boolean {
    return this.#tokens.has(token)
  }
}

/** The key id in `p1_<key id>_<token>`. */
function keyOf(token: string): string {
  return token.split('_', 2)[1] ?? ''
}

/** The tokens of one identifier, made for each tenant when it is first seen. */
class TenantTokens {
  readonly #find: (tenant: string | undefined) => readonly string[]
  readonly #known = new Map<string | undefined, TokenSet>()
  readonly #withoutTenant: readonly string[]

  constructor(find: (tenant: string | undefined) => readonly string[]) {
    this.#find = find
    this.#withoutTenant = find(undefined)
  }

  of(record: StoredRecord): TokenSet {
    let tokens = this.#known.get(record.tenant)
    if (tokens === undefined) {
      if (this.#known.size >= tenantsMax) this.#known.clear()
      tokens = new TokenSet(this.#find(record.tenant))
      this.#known.set(record.tenant, tokens)
    }
    return tokens
  }

  /** Which tokens a tenant's line would hold is known only once it is parsed. */
  readonly mayMatch = (line: string): boolean =>
    this.#withoutTenant.some((token) => line.includes(token)) || line.includes('"tenant":"')
}

/** How long after an event its record may be made, for a name that was made for it to be found. */
const toldMsMax = 60_000
/** Names of others that are remembered at one time. */
const strangersMax = 10_000

/**
 * The names of one person, who may get another while a trail is followed: on their first visit, and each year. A record that
 * is newer than what we know therefore has us look again, once for each name that is not theirs.
 */
class PersonNames {
  readonly #find: (tenant: string | undefined) => readonly string[]
  readonly #strangers = new Set<string>()
  #known: TenantTokens
  #newSinceMs: number
  #newSince: string

  constructor(find: (tenant: string | undefined) => readonly string[]) {
    this.#find = find
    this.#newSinceMs = Date.now() - toldMsMax
    this.#newSince = new Date(this.#newSinceMs).toISOString()
    this.#known = new TenantTokens(find)
  }

  has(record: StoredRecord, name: string): boolean {
    if (this.#known.of(record).has(name)) return true
    if (record.timeMs < this.#newSinceMs || this.#strangers.has(name)) return false
    // The time first: what is made during the look counts as new.
    this.#newSinceMs = Date.now() - toldMsMax
    this.#newSince = new Date(this.#newSinceMs).toISOString()
    this.#known = new TenantTokens(this.#find)
    if (this.#known.of(record).has(name)) return true
    if (this.#strangers.size >= strangersMax) this.#strangers.clear()
    this.#strangers.add(name)
    return false
  }

  readonly mayMatch = (line: string): boolean =>
    this.#known.mayMatch(line) || (lineHead(line)?.timestamp ?? this.#newSince) >= this.#newSince
}

function keysNeeded(member: string): QueryError {
  return new QueryError(
    'QUERY_KEYS_NEEDED',
    `filter ${member} is a clear identifier: it can be found only with the keys`,
  )
}
