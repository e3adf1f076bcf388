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
  HttpMember,
  MetadataMember,
  PrivacyMember,
  Redaction,
  RemoteMember,
  SourceMember,
  TargetMember,
  VolumeMember,
} from '../draft.ts'
import type { SealedFields } from '../pseudonyms.ts'
import { boolean, braced, list, number, numeral, quote, text } from './serialise-text.ts'

export function renderActor(actor: ActorMember): string | undefined {
  return braced(
    text(',"type":"', actor.type) +
      text(',"session_ref":"', actor.session_ref) +
      text(',"auth_method":"', actor.auth_method) +
      boolean(',"mfa":', actor.mfa) +
      list(',"roles":', actor.roles, quote) +
      text(',"on_behalf_of":"', actor.on_behalf_of),
  )
}

export function renderTarget(target: TargetMember): string | undefined {
  return braced(
    text(',"type":"', target.type) +
      text(',"id":"', target.id) +
      text(',"owner":"', target.owner) +
      text(',"class":"', target.class),
  )
}

export function renderDecision(decision: DecisionMember): string | undefined {
  return braced(
    text(',"effect":"', decision.effect) +
      text(',"policy_id":"', decision.policy_id) +
      text(',"policy_version":"', decision.policy_version) +
      text(',"permission":"', decision.permission) +
      list(',"roles_evaluated":', decision.roles_evaluated, quote),
  )
}

export function renderSource(source: SourceMember): string | undefined {
  return braced(
    text(',"peer_ip_masked":"', source.peer_ip_masked) +
      number(',"trusted_hops":', source.trusted_hops) +
      text(',"ua_family":"', source.ua_family) +
      text(',"os_family":"', source.os_family) +
      text(',"device_ref":"', source.device_ref) +
      text(',"geo_country":"', source.geo_country),
  )
}

export function renderHttp(http: HttpMember): string | undefined {
  return braced(
    text(',"method":"', http.method) +
      text(',"route":"', http.route) +
      number(',"status":', http.status) +
      number(',"duration_ms":', http.duration_ms) +
      number(',"req_bytes":', http.req_bytes) +
      number(',"res_bytes":', http.res_bytes) +
      text(',"completion":"', http.completion),
  )
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
