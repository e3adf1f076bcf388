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
import {
  booleanMember,
  braced,
  listMember,
  numberMember,
  numeral,
  quote,
  textMember,
  textsMember,
} from './serialise-text.ts'

export function renderActor(actor: ActorMember): string | undefined {
  return braced(
    textMember('type', actor.type) +
      textMember('session_ref', actor.session_ref) +
      textMember('auth_method', actor.auth_method) +
      booleanMember('mfa', actor.mfa) +
      textsMember('roles', actor.roles) +
      textMember('on_behalf_of', actor.on_behalf_of),
  )
}

export function renderTarget(target: TargetMember): string | undefined {
  return braced(
    textMember('type', target.type) +
      textMember('id', target.id) +
      textMember('owner', target.owner) +
      textMember('class', target.class),
  )
}

export function renderDecision(decision: DecisionMember): string | undefined {
  return braced(
    textMember('effect', decision.effect) +
      textMember('policy_id', decision.policy_id) +
      textMember('policy_version', decision.policy_version) +
      textMember('permission', decision.permission) +
      textsMember('roles_evaluated', decision.roles_evaluated),
  )
}

export function renderSource(source: SourceMember): string | undefined {
  return braced(
    textMember('peer_ip_masked', source.peer_ip_masked) +
      numberMember('trusted_hops', source.trusted_hops) +
      textMember('ua_family', source.ua_family) +
      textMember('os_family', source.os_family) +
      textMember('device_ref', source.device_ref) +
      textMember('geo_country', source.geo_country),
  )
}

export function renderHttp(http: HttpMember): string | undefined {
  return braced(
    textMember('method', http.method) +
      textMember('route', http.route) +
      numberMember('status', http.status) +
      numberMember('duration_ms', http.duration_ms) +
      numberMember('req_bytes', http.req_bytes) +
      numberMember('res_bytes', http.res_bytes) +
      textMember('completion', http.completion),
  )
}

export function renderRemote(remote: RemoteMember): string | undefined {
  return braced(
    textMember('request_id_token', remote.request_id_token) +
      textMember('trace_id', remote.trace_id) +
      textMember('reason', remote.reason),
  )
}

export function renderChange(change: ChangeMember): string | undefined {
  return braced(
    textMember('field', change.field) +
      textMember('op', change.op) +
      textMember('before_token', change.before_token) +
      textMember('after_token', change.after_token),
  )
}

export function renderVolume(volume: VolumeMember): string | undefined {
  return braced(numberMember('records', volume.records) + numberMember('bytes', volume.bytes))
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
  return braced(textMember('p', sealed.p) + textMember('k', sealed.k) + textMember('e', sealed.e))
}

export function renderPrivacy(privacy: PrivacyMember): string | undefined {
  return braced(
    textMember('scrubber', privacy.scrubber) +
      listMember('redactions', privacy.redactions, renderRedaction) +
      booleanMember('truncated', privacy.truncated) +
      numberMember('untruncated_size', privacy.untruncated_size),
  )
}

function renderRedaction(redaction: Redaction): string | undefined {
  return braced(
    textMember('path', redaction.path) + textMember('rule', redaction.rule) + numberMember('n', redaction.n),
  )
}

export function renderAggregate(aggregate: AggregateMember): string | undefined {
  return braced(
    numberMember('count', aggregate.count) + textMember('start', aggregate.start) + textMember('end', aggregate.end),
  )
}
