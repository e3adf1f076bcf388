/**
 * A draft, which may hold secrets, becomes a masked draft, which may not. This is the only place where one is made.
 *
 * Allow-list first: every member is read by name and reaches the record only as a word of a closed list, an application's
 * own name, a number, a token, a pseudonym or a mask. Whatever the caller's objects are, none of their code runs.
 */
import { eventCode } from '../catalogue.ts'
import { isoTime } from '../clock.ts'
import { type Draft, MaskedDraft, type RecordMembers } from '../draft.ts'
import type { EventDefinition, Outcome, RetentionClass, Severity, Stream } from '../event.ts'
import { safeError } from '../fault/safe-error.ts'
import { OwnEvent } from '../own-event.ts'
import type { Pseudonym, Pseudonyms, SealedFields } from '../pseudonyms.ts'
import { readAddress } from '../scrub/address.ts'
import { isIdentifier, looksPersonal } from '../scrub/identifier.ts'
import { isReadable } from '../scrub/read.ts'
import type { Scrubber } from '../scrub/scrubber.ts'
import { maskActor, maskOwnTargets, maskSubjects, maskTargets } from './actor.ts'
import { EventFields } from './event-fields.ts'
import { Masking } from './masking.ts'
import { maskMetadata } from './metadata.ts'
import { maskChanges, maskDecision, maskVolume } from './particulars.ts'
import { Sealing } from './sealing.ts'
import { maskHttp, maskRemote, maskSource } from './source.ts'
import type { Tokens } from './tokens.ts'

export interface MaskerDependencies {
  readonly tokens: Tokens
  readonly pseudonyms: Pseudonyms
  /** The origin of a ledger, which envelopes of personal fields are bound to. Without it nothing is sealed. */
  readonly origin?: (stream: Stream, retentionClass: RetentionClass) => string
  /** What becomes of metadata that no schema declares. Default: `drop`. */
  readonly undeclared?: 'drop' | 'seal' | undefined
  readonly scrubber: Scrubber
}

export interface Masker {
  /** Never throws: on a failure of its own the record says so, and holds nothing of the event but its type and ids. */
  mask(draft: Draft): MaskedDraft
}

export function createMasker(dependencies: MaskerDependencies): Masker {
  return new DraftMasker(dependencies)
}

const outcomes = ['success', 'failure', 'denied', 'unknown'] as const satisfies Outcome[]
const phases = ['attempt', 'result'] as const
const idShape = /^[A-Za-z0-9._\-=:]{1,128}$/
const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const hexFlags = Array.from({ length: 256 }, (_, flags) => flags.toString(16).padStart(2, '0'))
/** Metadata that is ours to write, where the definition has a place for it. */
interface OwnMetadata {
  name?: string
  error_type?: string
  error_code?: string
  fingerprint?: string
  status?: number
}
interface Kind {
  readonly definition: EventDefinition
  readonly stream: Stream
  /** Of its ledger; undefined for lines, and where nothing is sealed. */
  readonly origin: string | undefined
  readonly codes: Readonly<Record<Outcome, string>>
}
/** More than a catalogue has; a bound all the same. */
const kindsMax = 5_000
const nothing = new Sealing(undefined, undefined)
/** Stands in for an event that cannot be read at all. */
const emptyEvent = Object.freeze({})

class DraftMasker implements Masker {
  readonly #dependencies: MaskerDependencies
  readonly #kinds = new Map<string, Kind>()

  constructor(dependencies: MaskerDependencies) {
    this.#dependencies = dependencies
  }

  mask(draft: Draft): MaskedDraft {
    const { definition, failureClass, timeMs } = draft
    try {
      // Plain: ids, names and tokens below have passed a shape that allows no other characters.
      return MaskedDraft.make(this.#members(draft), definition, failureClass, timeMs, true)
    } catch {
      // Nothing here is expected to throw but a key store behind the port, or a stack that is exhausted. The original is
      // never handed on instead.
      return MaskedDraft.make(bareMembers(draft, this.#dependencies.scrubber.id), definition, failureClass, timeMs)
    }
  }

  #members(draft: Draft): RecordMembers {
    const { definition, exchange, timeMs } = draft
    const { tokens, scrubber } = this.#dependencies
    const own = OwnEvent.is(draft.event) ? draft.event : undefined
    const readable = own !== undefined || isReadable(draft.event)
    const event = own ?? new EventFields(readable ? draft.event : emptyEvent)
    const masking = new Masking(this.#dependencies, event.tenant, timeMs)
    if (!readable && draft.event) masking.drop('*', 'wrong_kind')

    const phase = draft.phase ?? masking.oneOf('phase', event.phase, phases)
    const said = masking.oneOf('outcome', event.outcome, outcomes)
    const outcome = phase === 'attempt' ? 'unknown' : (said ?? definition.outcome)
    const { actor, pseudonym } = maskActor(draft.actor, definition, masking)
    // Before the targets: whoever is a subject here is known by their key where they own one.
    const subjects = maskSubjects(event.subjects, masking)
    const targets =
      own?.targets === undefined ? maskTargets(event.targets, masking) : maskOwnTargets(own.targets, masking)
    const address = exchange && readAddress(exchange.clientAddress)
    const kind = this.#kindOf(draft)
    // Most events have nothing that could be sealed, and nothing that takes it away from metadata.
    const sealing =
      event.metadata === undefined && definition.sealsAddress !== true
        ? undefined
        : new Sealing(kind.origin, subjects?.find((one) => one.seal) ?? pseudonym)

    return {
      id: draft.id,
      tenant: masking.tenant,
      stream: kind.stream,
      level: definition.level,
      severity: severityOf(definition, event.severity, masking),
      event_type: draft.type,
      event_code: kind.codes[outcome],
      category: definition.category,
      action: definition.action,
      outcome,
      reason: masking.oneOf('reason', event.reason, definition.reasons),
      phase,
      operation_id: idOf('operation_id', draft.operationId ?? event.operationId, false, masking),
      actor,
      user_id: pseudonym?.text,
      targets,
      resource_type: targets?.[0]?.type,
      resource_id: targets?.[0]?.id,
      subjects: draft.subject?.pseudonyms ?? subjects?.map(({ text }) => text),
      decision: maskDecision(event.decision, masking),
      ip_address: address?.masked,
      ip_token: address && masking.token('address', address.canonical),
      source: exchange && maskSource(exchange),
      http: exchange?.http && maskHttp(exchange.http),
      request_id: exchange && idOf('request_id', exchange.requestId, true, masking),
      trace_id: exchange?.traceId,
      span_id: exchange?.spanId,
      trace_flags: exchange && hexFlags[exchange.traceFlags & 255],
      correlation_id: idOf('correlation_id', event.correlationId, true, masking),
      causation_id: idOf('causation_id', event.causationId, true, masking),
      remote: exchange && maskRemote(exchange, tokens),
      changes: draft.detail === 'fields' ? maskChanges(event.changes, masking) : undefined,
      volume: maskVolume(event.volume, masking),
      purpose: masking.identifier('purpose', event.purpose),
      legal_basis: masking.identifier('legal_basis', event.legalBasis),
      ticket_ref: masking.identifier('ticket_ref', event.ticketRef),
      case_ref: masking.identifier('case_ref', event.caseRef),
      metadata: this.#metadata(draft, event.metadata, masking, sealing),
      sealed:
        sealing === undefined && draft.subject === undefined
          ? undefined
          : this.#seal(draft, kind.origin, sealing, pseudonym, address?.canonical),
      privacy: masking.privacy(scrubber.id),
      aggregate: draft.aggregate && {
        count: draft.aggregate.count,
        start: isoTime(draft.aggregate.startMs),
        end: isoTime(draft.aggregate.endMs),
      },
    }
  }

  /** What the caller declared, and of ours the name of an unknown event and the skeleton of an error. */
  #metadata(draft: Draft, given: unknown, masking: Masking, sealing = nothing): RecordMembers['metadata'] {
    const schema = draft.definition.metadata
    const { undeclared = 'drop' } = this.#dependencies
    const said =
      draft.detail === 'fields'
        ? maskMetadata(schema, given, masking, { sealing, undeclared, own: draft.own })
        : undefined
    if (draft.unknownName === undefined && draft.error === undefined) return said
    const ours: OwnMetadata = {}
    if (draft.unknownName !== undefined) {
      if (isIdentifier(draft.unknownName)) ours.name = draft.unknownName
      else masking.drop('event_type', 'not_an_identifier')
    }
    if (draft.error !== undefined) {
      const { type, code, status, fingerprint } = safeError(draft.error, this.#dependencies.tokens)
      if (Object.hasOwn(schema, 'error_type')) ours.error_type = type
      if (Object.hasOwn(schema, 'error_code') && code !== undefined) ours.error_code = code
      if (Object.hasOwn(schema, 'fingerprint') && fingerprint !== undefined) ours.fingerprint = fingerprint
      if (Object.hasOwn(schema, 'status') && status !== undefined) ours.status = status
    }
    const kept = { ...ours, ...said }
    return Object.keys(kept).length === 0 ? undefined : kept
  }

  /** Personal fields: what was kept of the metadata, and the full address where the event calls for it. */
  #seal(
    draft: Draft,
    origin: string | undefined,
    sealing: Sealing | undefined,
    actor: Pseudonym | undefined,
    address: string | undefined,
  ): SealedFields[] | undefined {
    if (draft.subject?.seal !== undefined && origin !== undefined) return [draft.subject.seal(origin, draft.id)]
    const wanted = draft.definition.sealsAddress === true ? address : undefined
    // Visitors nobody knows, and those whose name was only claimed, share one key a month.
    const person = wanted === undefined || actor?.seal ? actor : this.#dependencies.pseudonyms.anonymous?.()
    return sealing?.seal(draft.id, person, wanted)
  }

  /** What follows from the event alone, worked out once. */
  #kindOf({ type, definition }: Draft): Kind {
    const known = this.#kinds.get(type)
    if (known?.definition === definition) return known
    const kind: Kind = {
      definition,
      stream: definition.stream ?? 'audit',
      origin: this.#originOf(definition),
      codes: {
        success: eventCode(definition, 'success'),
        failure: eventCode(definition, 'failure'),
        denied: eventCode(definition, 'denied'),
        unknown: eventCode(definition, 'unknown'),
      },
    }
    if (this.#kinds.size < kindsMax) this.#kinds.set(type, kind)
    return kind
  }

  /** Undefined for lines, which go to no ledger. */
  #originOf({ stream = 'audit', retentionClass }: EventDefinition): string | undefined {
    if (stream === 'operational' || stream === 'application') return undefined
    return this.#dependencies.origin?.(stream, retentionClass)
  }
}

/** The definition's severity, or the caller's where it is higher. */
function severityOf(definition: EventDefinition, said: unknown, masking: Masking): Severity {
  if (said === undefined || said === null) return definition.severity
  if (said === 0 || said === 1 || said === 2 || said === 3 || said === 4 || said === 5 || said === 6) {
    return said > definition.severity ? said : definition.severity
  }
  masking.drop('severity', 'wrong_kind')
  return definition.severity
}

/** A UUID or, where it may be `free`, any short id that is nobody's. */
function idOf(path: string, value: unknown, free: boolean, masking: Masking): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') return masking.drop(path, 'wrong_kind')
  return uuidShape.test(value) || (free && idShape.test(value) && !looksPersonal(value))
    ? value
    : masking.drop(path, 'not_an_identifier')
}

/** A record that says only that something of this type happened, and that masking it failed. */
function bareMembers(draft: Draft, scrubber: string): RecordMembers {
  const { definition, exchange } = draft
  return {
    id: draft.id,
    tenant: undefined,
    stream: definition.stream ?? 'audit',
    level: definition.level,
    severity: definition.severity,
    event_type: draft.type,
    event_code: eventCode(definition, 'unknown'),
    category: definition.category,
    action: definition.action,
    outcome: 'unknown',
    reason: undefined,
    phase: undefined,
    operation_id: undefined,
    actor: { type: 'anonymous' },
    user_id: undefined,
    targets: undefined,
    resource_type: undefined,
    resource_id: undefined,
    subjects: undefined,
    decision: undefined,
    ip_address: undefined,
    ip_token: undefined,
    source: undefined,
    http: undefined,
    request_id: exchange?.requestId,
    trace_id: exchange?.traceId,
    span_id: exchange?.spanId,
    trace_flags: exchange && hexFlags[exchange.traceFlags & 255],
    correlation_id: undefined,
    causation_id: undefined,
    remote: undefined,
    changes: undefined,
    volume: undefined,
    purpose: undefined,
    legal_basis: undefined,
    ticket_ref: undefined,
    case_ref: undefined,
    metadata: undefined,
    sealed: undefined,
    privacy: { scrubber, redactions: [{ path: '*', rule: 'mask_failed', n: 1 }] },
    aggregate: undefined,
  }
}
