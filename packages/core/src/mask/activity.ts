/**
 * The user's own activity: what of a record the person it is about may see, as a record of its own in the `activity` ledger.
 *
 * A person sees what they did, and what others did with their data: never who exactly, never another person's pseudonym,
 * address or device, and nothing whose meaning is the operator's (tokens, decisions, routes, severities above notice).
 * Every member is taken over by name, so that what is added to records later is not shown by accident.
 */
import { eventCode } from '../catalogue.ts'
import { type ActorMember, MaskedDraft, type MetadataMember, type RecordMembers, type SourceMember } from '../draft.ts'
import type { EventDefinition } from '../event.ts'

/** The activity records that a record gives rise to: one for the actor, and one for each of the people whose data it was about. */
export function activityOf(masked: MaskedDraft, newId: (timeMs: number) => string): MaskedDraft[] {
  const { members } = masked
  // An attempt is told by its result.
  if (members.phase === 'attempt' || members.stream !== 'audit') return []
  const own = members.actor.type === 'user' ? members.user_id : undefined
  const others = members.subjects?.filter((subject) => subject !== own) ?? []
  return [
    ...(own === undefined ? [] : [make(masked, newId, { user_id: own, ...ownMembers(masked) })]),
    // One each: whoever stands beside them in the record is another patient, and none of their business.
    ...others.map((subject) => make(masked, newId, { subjects: [subject], actor: stranger(members.actor) })),
  ]
}

/** The definition of an activity record: kept as long as the account, never blocking, otherwise the event it tells of. */
function definitionOf(definition: EventDefinition): EventDefinition {
  let found = definitions.get(definition)
  if (found === undefined) {
    found = Object.freeze({ ...definition, stream: 'activity', retentionClass: 'account', failureClass: 'spool' })
    definitions.set(definition, found)
  }
  return found
}

const definitions = new WeakMap<EventDefinition, EventDefinition>()

type Shown = Partial<Pick<RecordMembers, 'user_id' | 'subjects' | 'ip_address' | 'source' | 'actor'>>

function make({ members, definition, timeMs }: MaskedDraft, newId: (ms: number) => string, shown: Shown): MaskedDraft {
  const { actor = { type: members.actor.type } } = shown
  return MaskedDraft.make(
    {
      ...nothing,
      id: newId(timeMs),
      tenant: members.tenant,
      stream: 'activity',
      level: 'INFO',
      severity: 1,
      event_type: members.event_type,
      event_code: eventCode(definition, members.outcome),
      category: members.category,
      action: members.action,
      outcome: members.outcome,
      reason: members.reason,
      actor,
      user_id: shown.user_id,
      targets: members.targets?.map(({ type }) => ({ type })),
      resource_type: members.resource_type,
      subjects: shown.subjects,
      ip_address: shown.ip_address,
      source: shown.source,
      request_id: members.request_id,
      causation_id: members.id,
      volume: members.volume,
      purpose: members.purpose,
      legal_basis: members.legal_basis,
      metadata: metadataShown(definition, members.metadata),
    },
    definitionOf(definition),
    'spool',
    timeMs,
  )
}

/** What a person may see of their own doing besides: from where, and with what. */
function ownMembers({ members }: MaskedDraft): Shown {
  const { auth_method, mfa, type } = members.actor
  return { actor: { type, auth_method, mfa }, ip_address: members.ip_address, source: sourceShown(members.source) }
}

function sourceShown(source: SourceMember | undefined): SourceMember | undefined {
  if (source === undefined) return undefined
  const { ua_family, os_family, device_ref, geo_country } = source
  const known = ua_family ?? os_family ?? device_ref ?? geo_country
  return known === undefined ? undefined : { ua_family, os_family, device_ref, geo_country }
}

/** Somebody else, by what they are and not by who they are. */
function stranger({ type, roles }: ActorMember): ActorMember {
  return { type, roles }
}

/** Words, numbers and times; tokens and ids mean nothing to a person. */
function metadataShown(definition: EventDefinition, metadata: MetadataMember | undefined): MetadataMember | undefined {
  if (metadata === undefined) return undefined
  const shown = Object.entries(metadata).filter(([name]) => {
    const kind = Object.hasOwn(definition.metadata, name) ? definition.metadata[name]?.kind : undefined
    return kind === 'enum' || kind === 'boolean' || kind === 'integer' || kind === 'time'
  })
  return shown.length === 0 ? undefined : Object.fromEntries(shown)
}

/** Everything that is not shown. */
const nothing = {
  phase: undefined,
  operation_id: undefined,
  resource_id: undefined,
  decision: undefined,
  ip_token: undefined,
  http: undefined,
  trace_id: undefined,
  span_id: undefined,
  trace_flags: undefined,
  correlation_id: undefined,
  remote: undefined,
  changes: undefined,
  ticket_ref: undefined,
  case_ref: undefined,
  sealed: undefined,
  privacy: undefined,
  aggregate: undefined,
} satisfies Partial<RecordMembers>
