/**
 * A masked draft as the text of its `audit/1` record: serialised once, in one order, and never again.
 *
 * Hands on the members of one JSON object without the outer braces, so that the ledger can frame them without parsing. The
 * stored bytes are the truth (nothing is canonicalised later), so order and spelling here are part of the format: a member
 * that is absent is not written, and the first four are of fixed width or at a fixed place.
 */
import { isoTime } from '../clock.ts'
import type { MaskedDraft, RecordMembers } from '../draft.ts'
import {
  renderActor,
  renderAggregate,
  renderChange,
  renderDecision,
  renderHttp,
  renderMetadata,
  renderPrivacy,
  renderRemote,
  renderSealed,
  renderSource,
  renderTarget,
  renderVolume,
} from './serialise-members.ts'
import { list, number, object, quote, text } from './serialise-text.ts'
import { fitting } from './serialise-trim.ts'

/** The most bytes one record may have, outer braces included; the ledger's framing then fits within 65,535. */
export const recordBytesMax = 65_280
/** The same without the two braces, which the ledger adds. */
const bodyBytesMax = recordBytesMax - 2

/** The order in which members are written. Readers may rely on the first four; the rest is fixed, but not promised. */
export const memberOrder = [
  'schema',
  'timestamp',
  'id',
  'seq',
  'tenant',
  'stream',
  'level',
  'severity',
  'event_type',
  'event_code',
  'category',
  'action',
  'outcome',
  'reason',
  'phase',
  'operation_id',
  'actor',
  'user_id',
  'targets',
  'resource_type',
  'resource_id',
  'subjects',
  'decision',
  'ip_address',
  'ip_token',
  'source',
  'http',
  'request_id',
  'trace_id',
  'span_id',
  'trace_flags',
  'correlation_id',
  'causation_id',
  'remote',
  'service',
  'changes',
  'volume',
  'purpose',
  'legal_basis',
  'ticket_ref',
  'case_ref',
  'metadata',
  'sealed',
  'privacy',
  'policy',
  'aggregate',
] as const

/** Whose record it is: the same for every record of one ledger, so it is rendered once. */
export interface ServiceMember {
  readonly name: string
  readonly version?: string | undefined
  readonly env?: string | undefined
  readonly instance?: string | undefined
  readonly writer?: string | undefined
}

export interface Envelope {
  readonly service: ServiceMember
  /** Short hash of the policy, catalogue and scrubber in force. */
  readonly policy: string
  /** The scrubber's id, for the account of what an oversize record lost. */
  readonly scrubber: string
}

export interface Serialiser {
  /**
   * The body of one record, for `ledger.append()`. Always one line and at most 65,278 bytes of UTF-8: a larger record loses
   * its optional parts in a fixed order and says so in `privacy.truncated` and `privacy.untruncated_size`.
   */
  serialise(draft: MaskedDraft, seq: number): string
}

/** A serialiser for one ledger. Make a new one when the writer or the policy changes. */
export function createSerialiser(envelope: Envelope): Serialiser {
  const { service, policy, scrubber } = envelope
  const parts: Prerendered = {
    service: `,"service":{${(
      text(',"name":"', service.name) +
        text(',"version":"', service.version) +
        text(',"env":"', service.env) +
        text(',"instance":"', service.instance) +
        text(',"writer":"', service.writer)
    ).slice(1)}}`,
    policy: text(',"policy":"', policy),
  }
  return {
    serialise(draft, seq) {
      const head = headOf(draft, seq)
      const body = head + render(draft.members, parts)
      // A UTF-16 unit takes at most three bytes, so nearly every record is known to fit without being measured.
      if (body.length * 3 <= bodyBytesMax) return body
      const bytes = Buffer.byteLength(body)
      if (bytes <= bodyBytesMax) return body
      return fitting(
        draft.members,
        { bytes, bytesMax: bodyBytesMax, scrubber },
        (members) => head + render(members, parts),
      )
    },
  }
}

interface Prerendered {
  readonly service: string
  readonly policy: string
}

/** The part that the ledger's completeness check and `rewriteSeq` find at its fixed place. */
function headOf(draft: MaskedDraft, seq: number): string {
  return `"schema":"audit/1","timestamp":"${isoTime(draft.timeMs)}","id":${quote(draft.members.id)},"seq":${seq}`
}

function render(members: RecordMembers, parts: Prerendered): string {
  return (
    text(',"tenant":"', members.tenant) +
    kindOf(members) +
    text(',"reason":"', members.reason) +
    text(',"phase":"', members.phase) +
    text(',"operation_id":"', members.operation_id) +
    object(',"actor":', members.actor, renderActor) +
    text(',"user_id":"', members.user_id) +
    list(',"targets":', members.targets, renderTarget) +
    text(',"resource_type":"', members.resource_type) +
    text(',"resource_id":"', members.resource_id) +
    list(',"subjects":', members.subjects, quote) +
    object(',"decision":', members.decision, renderDecision) +
    text(',"ip_address":"', members.ip_address) +
    text(',"ip_token":"', members.ip_token) +
    object(',"source":', members.source, renderSource) +
    object(',"http":', members.http, renderHttp) +
    text(',"request_id":"', members.request_id) +
    text(',"trace_id":"', members.trace_id) +
    text(',"span_id":"', members.span_id) +
    text(',"trace_flags":"', members.trace_flags) +
    text(',"correlation_id":"', members.correlation_id) +
    text(',"causation_id":"', members.causation_id) +
    object(',"remote":', members.remote, renderRemote) +
    parts.service +
    list(',"changes":', members.changes, renderChange) +
    object(',"volume":', members.volume, renderVolume) +
    text(',"purpose":"', members.purpose) +
    text(',"legal_basis":"', members.legal_basis) +
    text(',"ticket_ref":"', members.ticket_ref) +
    text(',"case_ref":"', members.case_ref) +
    object(',"metadata":', members.metadata, renderMetadata) +
    list(',"sealed":', members.sealed, renderSealed) +
    object(',"privacy":', members.privacy, renderPrivacy) +
    parts.policy +
    object(',"aggregate":', members.aggregate, renderAggregate)
  )
}

/** The eight members that say what kind of event it is: few combinations occur, so each is rendered once. */
function kindOf(members: RecordMembers): string {
  const seen = kinds.get(members.event_code)
  // Every member is compared, so that a code which once stood for something else cannot bring that back.
  if (
    seen !== undefined &&
    seen.event_type === members.event_type &&
    seen.stream === members.stream &&
    seen.level === members.level &&
    seen.severity === members.severity &&
    seen.category === members.category &&
    seen.action === members.action &&
    seen.outcome === members.outcome
  ) {
    return seen.text
  }
  const { stream, level, severity, event_type, event_code, category, action, outcome } = members
  const rendered =
    text(',"stream":"', stream) +
    text(',"level":"', level) +
    number(',"severity":', severity) +
    text(',"event_type":"', event_type) +
    text(',"event_code":"', event_code) +
    text(',"category":"', category) +
    text(',"action":"', action) +
    text(',"outcome":"', outcome)
  if (kinds.size < kindsMax) {
    kinds.set(event_code, { stream, level, severity, event_type, category, action, outcome, text: rendered })
  }
  return rendered
}

type Kind = Pick<RecordMembers, 'stream' | 'level' | 'severity' | 'event_type' | 'category' | 'action' | 'outcome'> & {
  readonly text: string
}

/** More than the catalogue has codes times outcomes; a bound all the same. */
const kindsMax = 5_000
const kinds = new Map<string, Kind>()
