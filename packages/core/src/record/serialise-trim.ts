/**
 * What a record gives up when it is too large to store: the parts an investigator misses least, first.
 *
 * Unlimited input never makes an unlimited record, and a record is never refused for its size: who, what, when and how it
 * ended always remain. The original size stays on the record, with a note that something is missing.
 */
import type { PrivacyMember, RecordMembers } from '../draft.ts'

/** Longest string that survives the last step, in UTF-16 units; each is at most six bytes once escaped. */
const textUnitsMax = 64
const itemsMax = 20

type Trim = (members: RecordMembers) => RecordMembers

/** Tried in this order, each on top of the one before, until the record fits. */
const trims: readonly Trim[] = [
  (members) => ({ ...members, privacy: members.privacy && { ...members.privacy, redactions: undefined } }),
  (members) => ({ ...members, metadata: members.metadata && shortened(members.metadata) }),
  (members) => ({ ...members, changes: members.changes?.slice(0, itemsMax) }),
  (members) => ({ ...members, metadata: undefined }),
  (members) => ({
    ...members,
    actor: { ...members.actor, roles: members.actor.roles?.slice(0, itemsMax) },
    decision: members.decision && {
      ...members.decision,
      roles_evaluated: members.decision.roles_evaluated?.slice(0, itemsMax),
    },
  }),
  // Envelopes are all or nothing: half of one opens for nobody.
  (members) => ({ ...members, sealed: members.sealed?.slice(0, 1) }),
  (members) => ({ ...members, sealed: undefined, changes: undefined }),
  (members) => ({
    ...members,
    targets: members.targets?.slice(0, itemsMax),
    subjects: members.subjects?.slice(0, itemsMax),
  }),
  (members) => cutTexts(members),
  (members) => ({
    ...members,
    targets: undefined,
    subjects: undefined,
    decision: undefined,
    source: undefined,
    remote: undefined,
    actor: { type: members.actor.type },
  }),
]

/** The first version of the record that fits; the last one always does, as the bounds above add up to. */
export function fitting(
  members: RecordMembers,
  size: { readonly bytes: number; readonly bytesMax: number; readonly scrubber: string },
  render: (members: RecordMembers) => string,
): string {
  const privacy: PrivacyMember = {
    scrubber: members.privacy?.scrubber ?? size.scrubber,
    redactions: members.privacy?.redactions,
    truncated: true,
    untruncated_size: size.bytes,
  }
  let trimmed: RecordMembers = { ...members, privacy }
  let body = ''
  for (const trim of trims) {
    trimmed = trim(trimmed)
    body = render(trimmed)
    if (Buffer.byteLength(body) <= size.bytesMax) return body
  }
  return body
}

function shortened(metadata: NonNullable<RecordMembers['metadata']>): NonNullable<RecordMembers['metadata']> {
  const entries = Object.entries(metadata).slice(0, 50)
  return Object.fromEntries(
    entries.map(([key, value]) => [key.slice(0, textUnitsMax), typeof value === 'string' ? cut(value) : value]),
  )
}

/** Cuts every string at any depth. Members keep their kinds, so the result is still the same shape of record. */
function cutTexts<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_key, inner: unknown) => (typeof inner === 'string' ? cut(inner) : inner))
}

function cut(text: string): string {
  return text.length <= textUnitsMax ? text : text.slice(0, textUnitsMax)
}
