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
import { listMember, numberMember, objectMember, quote, textMember, textsMember } from './serialise-text.ts'
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
      textMember('name', service.name) +
        textMember('version', service.version) +
        textMember('env', service.env) +
        textMember('instance', service.instance) +
        textMember('writer', service.writer)
    ).slice(1)}}`,
    policy: textMember('policy', policy),
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
    textMember('tenant', members.tenant) +
    textMember('stream', members.stream) +
    textMember('level', members.level) +
    numberMember('severity', members.severity) +
    textMember('event_type', members.event_type) +
    textMember('event_code', members.event_code) +
    textMember('category', members.category) +
    textMember('action', members.action) +
    textMember('outcome', members.outcome) +
    textMember('reason', members.reason) +
    textMember('phase', members.phase) +
    textMember('operation_id', members.operation_id) +
    objectMember('actor', members.actor, renderActor) +
    textMember('user_id', members.user_id) +
    listMember('targets', members.targets, renderTarget) +
    textMember('resource_type', members.resource_type) +
    textMember('resource_id', members.resource_id) +
    textsMember('subjects', members.subjects) +
    objectMember('decision', members.decision, renderDecision) +
    textMember('ip_address', members.ip_address) +
    textMember('ip_token', members.ip_token) +
    objectMember('source', members.source, renderSource) +
    objectMember('http', members.http, renderHttp) +
    textMember('request_id', members.request_id) +
    textMember('trace_id', members.trace_id) +
    textMember('span_id', members.span_id) +
    textMember('trace_flags', members.trace_flags) +
    textMember('correlation_id', members.correlation_id) +
    textMember('causation_id', members.causation_id) +
    objectMember('remote', members.remote, renderRemote) +
    parts.service +
    listMember('changes', members.changes, renderChange) +
    objectMember('volume', members.volume, renderVolume) +
    textMember('purpose', members.purpose) +
    textMember('legal_basis', members.legal_basis) +
    textMember('ticket_ref', members.ticket_ref) +
    textMember('case_ref', members.case_ref) +
    objectMember('metadata', members.metadata, renderMetadata) +
    listMember('sealed', members.sealed, renderSealed) +
    objectMember('privacy', members.privacy, renderPrivacy) +
    parts.policy +
    objectMember('aggregate', members.aggregate, renderAggregate)
  )
}
