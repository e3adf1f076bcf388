/**
 * A stored record as an event of the Open Cybersecurity Schema Framework, 1.8.0 or 1.9.0.
 *
 * Every class gets the attributes it requires, from the record where it has them and from the service where a system event
 * has no client. What OCSF has no place for stands in `unmapped`. Tests check the required attributes; validation against
 * the published schemas comes with the sinks that send these events.
 */
import type { Catalogue } from '../catalogue.ts'
import type { OcsfColumn } from './column.ts'
import { columnsOf } from './columns.ts'
import { placeOf } from './ocsf-activity.ts'
import { attributesOf } from './ocsf-attributes.ts'
import { controlOf } from './ocsf-control.ts'
import { classes, severities } from './ocsf-names.ts'
import { actorOf, endpointOf, httpRequestOf, httpResponseOf } from './ocsf-objects.ts'
import { type JsonObject, millisecondsOf, numberOf, objectOf, present, textOf } from './record-view.ts'

export const ocsfVersions = ['1.8.0', '1.9.0'] as const
export type OcsfVersion = (typeof ocsfVersions)[number]

export type OcsfEvent = JsonObject

export interface OcsfOptions {
  /** An application's own events, for those that say which built-in event they are `like`. */
  readonly events?: Catalogue
  /** Where the record stands in its ledger: fills the 1.9.0 profile `record_integrity`; ignored for 1.8.0. */
  readonly position?: {
    /** The checkpoint origin of the stream with its writer. */
    readonly origin: string
    readonly n: number
    /** The leaf hash, hex. */
    readonly leaf?: string
    /** The fingerprint of the key that signs the checkpoints. */
    readonly authority?: string
  }
}

/** The OCSF event of a stored record. Never throws: members of another kind than expected are left out. */
export function toOcsf(record: JsonObject, version: OcsfVersion, options: OcsfOptions = {}): OcsfEvent {
  const columns = columnsOf(textOf(record.event_type), textOf(record.category), options.events)
  const place = placeOf(record, version === '1.8.0' ? columns.was : columns.is)
  const control = controlOf(record, columns)
  const integrity = version === '1.9.0' ? attestationOf(options.position) : undefined
  const profiles = [...(control ? ['security_control'] : []), ...(integrity ? ['record_integrity'] : [])]
  return (
    present({
      ...classification(place),
      ...severityOf(record),
      ...statusOf(record),
      time: millisecondsOf(record.timestamp),
      duration: numberOf(objectOf(record.http).duration_ms),
      message: textOf(record.event_type),
      metadata: metadataOf(record, version, profiles),
      actor: actorOf(record),
      src_endpoint: endpointOf(record),
      http_request: httpRequestOf(record),
      http_response: httpResponseOf(record),
      ...control,
      ...attributesOf(place, record),
      ...integrity,
      unmapped: unmappedOf(record),
    }) ?? {}
  )
}

function classification(place: OcsfColumn): JsonObject {
  const known = classes[place.class] ?? { name: 'Base Event', category: 'Uncategorized' }
  const category = Math.floor(place.class / 1_000)
  return {
    activity_id: place.activity,
    activity_name: place.name,
    category_uid: category,
    category_name: known.category,
    class_uid: place.class,
    class_name: known.name,
    type_uid: place.class * 100 + place.activity,
    type_name: `${known.name}: ${place.name}`,
  }
}

function severityOf(record: JsonObject): JsonObject {
  const id = numberOf(record.severity) ?? 0
  const name = severities[id]
  return name === undefined ? { severity_id: 0, severity: 'Unknown' } : { severity_id: id, severity: name }
}

function statusOf(record: JsonObject): JsonObject {
  const succeeded = record.outcome === 'success'
  const failed = record.outcome === 'failure' || record.outcome === 'denied'
  return {
    status_id: succeeded ? 1 : failed ? 2 : 0,
    status: succeeded ? 'Success' : failed ? 'Failure' : 'Unknown',
    status_code: textOf(record.event_code),
    status_detail: textOf(record.reason),
  }
}

function metadataOf(record: JsonObject, version: OcsfVersion, profiles: readonly string[]): JsonObject | undefined {
  const service = objectOf(record.service)
  return present({
    version,
    product: { name: 'Trailmark', vendor_name: 'Trailmark', feature: { name: textOf(record.stream) ?? 'audit' } },
    uid: textOf(record.id),
    event_code: textOf(record.event_code),
    log_name: `${textOf(service.name) ?? 'unknown'}/${textOf(record.stream) ?? 'audit'}`,
    log_provider: 'trailmark',
    log_version: textOf(record.schema),
    logged_time: millisecondsOf(record.timestamp),
    original_time: textOf(record.timestamp),
    sequence: numberOf(record.seq),
    correlation_uid: textOf(record.correlation_id) ?? textOf(record.trace_id),
    tenant_uid: textOf(record.tenant),
    profiles,
  })
}

function attestationOf(position: OcsfOptions['position']): JsonObject | undefined {
  if (position === undefined) return undefined
  const attestation = present({
    uid: `${position.origin}/${position.n}`,
    chain_uid: position.origin,
    authority_uid: position.authority,
    fingerprint: position.leaf && { algorithm_id: 3, algorithm: 'SHA-256', value: position.leaf },
  })
  return { attestation_list: [attestation] }
}

function unmappedOf(record: JsonObject): JsonObject | undefined {
  return present({
    category: record.category,
    action: record.action,
    outcome: record.outcome,
    phase: record.phase,
    operation_id: record.operation_id,
    actor: record.actor,
    targets: record.targets,
    subjects: record.subjects,
    decision: record.decision,
    ip_token: record.ip_token,
    source: record.source,
    request_id: record.request_id,
    trace_id: record.trace_id,
    span_id: record.span_id,
    causation_id: record.causation_id,
    remote: record.remote,
    service: record.service,
    changes: record.changes,
    volume: record.volume,
    purpose: record.purpose,
    legal_basis: record.legal_basis,
    ticket_ref: record.ticket_ref,
    case_ref: record.case_ref,
    metadata: record.metadata,
    sealed: record.sealed,
    privacy: record.privacy,
    policy: record.policy,
    aggregate: record.aggregate,
  })
}
