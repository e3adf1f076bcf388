/**
 * A stored record as projections read it: whatever a line of a ledger held, asked member by member.
 *
 * Old, foreign or damaged records are projected too, so nothing here trusts a shape: what is not there, or is of another
 * kind, is absent, and absent members are left out of what is made.
 */

export type JsonObject = Readonly<Record<string, unknown>>

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

export function booleanOf(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

export function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}

export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

export function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.map(objectOf) : []
}

/** Milliseconds since the epoch; 0 for a time nobody can read. */
export function millisecondsOf(timestamp: unknown): number {
  const parsed = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
  return Number.isNaN(parsed) ? 0 : parsed
}

/** A masked address without its prefix length: both schemas have a type for addresses, and none for networks. */
export function addressOf(value: unknown): string | undefined {
  const address = textOf(value)?.split('/')[0]
  return address !== undefined && /^[0-9a-fA-F.:]{2,45}$/.test(address) ? address : undefined
}

/** The members that say something: absent ones, empty objects and empty lists are dropped, at this level alone. */
export function present(members: JsonObject): JsonObject | undefined {
  const kept = Object.entries(members).filter(([, value]) => saysSomething(value))
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

function saysSomething(value: unknown): boolean {
  if (value === undefined || value === null) return false
  if (Array.isArray(value)) return value.length > 0
  return typeof value !== 'object' || Object.keys(value).length > 0
}
