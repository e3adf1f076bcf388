/**
 * A masked draft as the text of its `audit/1` record: serialised once, in one order, and never again.
 *
 * Hands on the members of one JSON object without the outer braces, so that the ledger can frame them without parsing. The
 * stored bytes are the truth (nothing is canonicalised later), so order and spelling here are part of the format: a member
 * that is absent is not written, and the first four are of fixed width or at a fixed place.
 */
import { isoTime } from '../clock.ts'
import type { MaskedDraft } from '../draft.ts'
import { flatText } from '../flat-text.ts'
import { type LedgerParts, renderBody } from './serialise-body.ts'
import { plainText, text } from './serialise-text.ts'
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
  const parts: LedgerParts = {
    service: flatText(
      `,"service":{${(
        text(',"name":"', service.name) +
          text(',"version":"', service.version) +
          text(',"env":"', service.env) +
          text(',"instance":"', service.instance) +
          text(',"writer":"', service.writer)
      ).slice(1)}}`,
    ),
    policy: flatText(text(',"policy":"', policy)),
  }
  let renderedMs = Number.NaN
  let time = ''
  return {
    serialise(draft, seq) {
      // Under load many records fall into one millisecond.
      if (draft.timeMs !== renderedMs) {
        time = flatText(`"schema":"audit/1","timestamp":"${isoTime(draft.timeMs)}","id":"`)
        renderedMs = draft.timeMs
      }
      const { members } = draft
      // The part that the ledger's completeness check and `rewriteSeq` find at its fixed place. Ids are made by this trail.
      const head = `${time}${members.id}","seq":${seq}`
      const body = head + renderBody(members, parts, draft.plain ? plainText : text)
      // A UTF-16 unit takes at most three bytes, so nearly every record is known to fit without being measured.
      if (body.length * 3 <= bodyBytesMax) return body
      const bytes = Buffer.byteLength(body)
      if (bytes <= bodyBytesMax) return body
      return fitting(
        members,
        { bytes, bytesMax: bodyBytesMax, scrubber },
        (fewer) => head + renderBody(fewer, parts, text),
      )
    },
  }
}
