/**
 * The structured members of a record, each rendered with its own members in a fixed order.
 *
 * Every property is named here: what a masked draft should not have carried has no way onto the line.
 */
import type {
  ActorMember,
  AggregateMember,
  ChangeMember,
  DecisionMember,
  MetadataMember,
  PrivacyMember,
  Redaction,
  RemoteMember,
  SourceMember,
  TargetMember,
  VolumeMember,
} from '../draft.ts'
import type { SealedFields } from '../pseudonyms.ts'
import { boolean, braced, list, number, numeral, quote, type Spell, text } from './serialise-text.ts'

/** The member `actor`, with its comma. */
export function renderActor(actor: ActorMember): string {
  let rendered = text(',"actor":{"type":"', actor.type)
  if (actor.session_ref !== undefined) rendered += text(',"session_ref":"', actor.session_ref)
  if (actor.auth_method !== undefined) rendered += text(',"auth_method":"', actor.auth_method)
  if (actor.mfa !== undefined) rendered += boolean(',"mfa":', actor.mfa)
  if (actor.roles !== undefined) rendered += list(',"roles":', actor.roles, quote)
  if (actor.on_behalf_of !== undefined) rendered += text(',"on_behalf_of":"', actor.on_behalf_of)
  return `${rendered}}`
}

export function renderTarget(target: TargetMember, spell: Spell): string {
  const { type, id, owner, class: dataClass } = target
  let rendered = spell('{"type":"', type)
  if (id !== undefined) rendered += spell(',"id":"', id)
  if (owner !== undefined) rendered += text(',"owner":"', owner)
  if (dataClass !== undefined) rendered += spell(',"class":"', dataClass)
  return `${rendered}}`
}

/** The member `decision`, with its comma. */
export function renderDecision(decision: DecisionMember): string {
  return `${
    text(',"decision":{"effect":"', decision.effect) +
    text(',"policy_id":"', decision.policy_id) +
    text(',"policy_version":"', decision.policy_version) +
    text(',"permission":"', decision.permission) +
    list(',"roles_evaluated":', decision.roles_evaluated, quote)
  }}`
}

/** The member `source`, with its comma; nothing where nothing is known. */
export function renderSource(source: SourceMember): string {
  const members =
    text(',"peer_ip_masked":"', source.peer_ip_masked) +
    number(',"trusted_hops":', source.trusted_hops) +
    text(',"ua_family":"', source.ua_family) +
    text(',"os_family":"', source.os_family) +
    text(',"device_ref":"', source.device_ref) +
    text(',"geo_country":"', source.geo_country)
  return members === '' ? '' : `,"source":{${members.slice(1)}}`
}

export function renderRemote(remote: RemoteMember): string | undefined {
  return braced(
    text(',"request_id_token":"', remote.request_id_token) +
      text(',"trace_id":"', remote.trace_id) +
      text(',"reason":"', remote.reason),
  )
}

export function renderChange(change: ChangeMember): string | undefined {
  return braced(
    text(',"field":"', change.field) +
      text(',"op":"', change.op) +
      text(',"before_token":"', change.before_token) +
      text(',"after_token":"', change.after_token),
  )
}

export function renderVolume(volume: VolumeMember): string | undefined {
  return braced(number(',"records":', volume.records) + number(',"bytes":', volume.bytes))
}

export function renderMetadata(metadata: MetadataMember): string | undefined {
  let members = ''
  for (const key of Object.keys(metadata)) {
    const value = metadata[key]
    const text =
      typeof value === 'string'
        ? quote(value)
        : typeof value === 'number'
          ? numeral(value)
          : typeof value === 'boolean'
            ? String(value)
            : undefined
    if (text !== undefined) members += `,${quote(key)}:${text}`
  }
  return braced(members)
}

export function renderSealed(sealed: SealedFields): string | undefined {
  return braced(text(',"p":"', sealed.p) + text(',"k":"', sealed.k) + text(',"e":"', sealed.e))
}

export function renderPrivacy(privacy: PrivacyMember): string | undefined {
  return braced(
    text(',"scrubber":"', privacy.scrubber) +
      list(',"redactions":', privacy.redactions, renderRedaction) +
      boolean(',"truncated":', privacy.truncated) +
      number(',"untruncated_size":', privacy.untruncated_size),
  )
}

function renderRedaction(redaction: Redaction): string | undefined {
  return braced(text(',"path":"', redaction.path) + text(',"rule":"', redaction.rule) + number(',"n":', redaction.n))
}

export function renderAggregate(aggregate: AggregateMember): string | undefined {
  return braced(
    number(',"count":', aggregate.count) + text(',"start":"', aggregate.start) + text(',"end":"', aggregate.end),
  )
}
