/**
 * The members of a record behind its head, in their order. What is absent costs a comparison and no piece of text: a record
 * is joined from few pieces, because writing it walks over all of them.
 */
import { type RecordMembers, SharedMember } from '../draft.ts'
import { renderHttp } from './serialise-http.ts'
import { kindOf } from './serialise-kind.ts'
import {
  renderActor,
  renderAggregate,
  renderChange,
  renderDecision,
  renderMetadata,
  renderPrivacy,
  renderRemote,
  renderSealed,
  renderSource,
  renderTarget,
  renderVolume,
} from './serialise-members.ts'
import { list, object, quote, type Spell, text } from './serialise-text.ts'

/** The same for every record of one ledger. */
export interface LedgerParts {
  readonly service: string
  readonly policy: string
}

/** `spell` renders what `MaskedDraft.plain` speaks of. Every other text is looked at. */
export function renderBody(members: RecordMembers, parts: LedgerParts, spell: Spell): string {
  const { tenant, reason, phase, operation_id, user_id, subjects, decision, source, http, remote } = members
  let body = kindOf(members)
  if (tenant !== undefined) body = spell(',"tenant":"', tenant) + body
  if (reason !== undefined) body += text(',"reason":"', reason)
  if (phase !== undefined) body += text(',"phase":"', phase)
  if (operation_id !== undefined) body += spell(',"operation_id":"', operation_id)
  body += SharedMember.textOf(members.actor, renderActor)
  // The names of people are made by whoever keeps the keys, which need not be us.
  if (user_id !== undefined) body += text(',"user_id":"', user_id)
  body += targetsOf(members, spell)
  if (subjects !== undefined) body += list(',"subjects":', subjects, quote)
  if (decision !== undefined) body += renderDecision(decision)
  if (members.ip_address !== undefined) body += spell(',"ip_address":"', members.ip_address)
  if (members.ip_token !== undefined) body += spell(',"ip_token":"', members.ip_token)
  if (source !== undefined) body += SharedMember.textOf(source, renderSource)
  if (http !== undefined) body += renderHttp(http)
  body += idsOf(members, spell)
  if (members.correlation_id !== undefined) body += spell(',"correlation_id":"', members.correlation_id)
  if (members.causation_id !== undefined) body += spell(',"causation_id":"', members.causation_id)
  if (remote !== undefined) body += object(',"remote":', remote, renderRemote)
  return body + parts.service + contentOf(members, spell) + parts.policy + aggregateOf(members)
}

/** What was acted on, and the first of it once more where readers look for it. */
function targetsOf({ targets, resource_type, resource_id }: RecordMembers, spell: Spell): string {
  if (targets === undefined && resource_type === undefined && resource_id === undefined) return ''
  return (
    list(',"targets":', targets, (target) => renderTarget(target, spell)) +
    spell(',"resource_type":"', resource_type) +
    spell(',"resource_id":"', resource_id)
  )
}

function idsOf({ request_id, trace_id, span_id, trace_flags }: RecordMembers, spell: Spell): string {
  if (request_id === undefined && trace_id === undefined && span_id === undefined && trace_flags === undefined)
    return ''
  return (
    spell(',"request_id":"', request_id) +
    text(',"trace_id":"', trace_id) +
    text(',"span_id":"', span_id) +
    spell(',"trace_flags":"', trace_flags)
  )
}

/** What it was about and why; most records have none of it. */
function contentOf(members: RecordMembers, spell: Spell): string {
  const { changes, volume, metadata, sealed, privacy } = members
  let content = ''
  if (changes !== undefined) content += list(',"changes":', changes, renderChange)
  if (volume !== undefined) content += object(',"volume":', volume, renderVolume)
  if (members.purpose !== undefined) content += spell(',"purpose":"', members.purpose)
  if (members.legal_basis !== undefined) content += spell(',"legal_basis":"', members.legal_basis)
  if (members.ticket_ref !== undefined) content += spell(',"ticket_ref":"', members.ticket_ref)
  if (members.case_ref !== undefined) content += spell(',"case_ref":"', members.case_ref)
  if (metadata !== undefined) content += object(',"metadata":', metadata, renderMetadata)
  if (sealed !== undefined) content += list(',"sealed":', sealed, renderSealed)
  if (privacy !== undefined) content += object(',"privacy":', privacy, renderPrivacy)
  return content
}

function aggregateOf({ aggregate }: RecordMembers): string {
  return aggregate === undefined ? '' : object(',"aggregate":', aggregate, renderAggregate)
}
