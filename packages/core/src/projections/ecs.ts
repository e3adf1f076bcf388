/**
 * A stored record as a document of the Elastic Common Schema.
 *
 * What ECS has a field for stands there; everything else stands under `trailmark.*`, a namespace of our own, as ECS asks of
 * custom fields. Tests check the categorisation rules named here; validation against the published schema comes with the
 * sinks that send these documents.
 */
import type { Catalogue } from '../catalogue.ts'
import type { EcsColumn } from './column.ts'
import { columnsOf } from './columns.ts'
import { addressOf, type JsonObject, numberOf, objectOf, present, textOf, textsOf } from './record-view.ts'

/** The version of ECS that documents name. */
export const ecsVersion = '8.17.0'

export type EcsDocument = JsonObject

/** Categories in which ECS allows the type `denied`. */
const deniable = new Set(['api', 'network', 'intrusion_detection'])

/**
 * The ECS document of a stored record. Never throws: members of another kind than expected are left out.
 * `events` adds an application's own, for those that say which built-in event they are `like`.
 */
export function toEcs(record: JsonObject, options: { readonly events?: Catalogue } = {}): EcsDocument {
  const { ecs } = columnsOf(textOf(record.event_type), textOf(record.category), options.events)
  const service = objectOf(record.service)
  const source = objectOf(record.source)
  const actor = objectOf(record.actor)
  return (
    present({
      '@timestamp': textOf(record.timestamp),
      ecs: { version: ecsVersion },
      event: eventOf(record, ecs),
      log: present({ level: textOf(record.level)?.toLowerCase() }),
      service: present({
        name: textOf(service.name),
        version: textOf(service.version),
        environment: textOf(service.env),
        node: present({ name: textOf(service.instance) }),
      }),
      user: present({ id: textOf(record.user_id), roles: textsOf(actor.roles) }),
      organization: present({ id: textOf(record.tenant) }),
      source: present({
        ip: addressOf(record.ip_address),
        geo: present({ country_iso_code: textOf(source.geo_country) }),
      }),
      user_agent: present({ name: textOf(source.ua_family), os: present({ family: textOf(source.os_family) }) }),
      http: httpOf(record),
      trace: present({ id: textOf(record.trace_id) }),
      span: present({ id: textOf(record.span_id) }),
      error: errorOf(record),
      trailmark: ownOf(record),
    }) ?? {}
  )
}

function eventOf(record: JsonObject, column: EcsColumn): JsonObject | undefined {
  const durationMs = numberOf(objectOf(record.http).duration_ms)
  return present({
    id: textOf(record.id),
    kind: column.kind,
    category: column.category,
    type: typesOf(record, column),
    outcome: outcomeOf(record, column),
    action: textOf(record.event_type),
    code: textOf(record.event_code),
    reason: textOf(record.reason),
    severity: numberOf(record.severity),
    sequence: numberOf(record.seq),
    module: 'trailmark',
    dataset: `trailmark.${textOf(record.stream) ?? 'audit'}`,
    // ECS counts durations in nanoseconds.
    duration: durationMs === undefined ? undefined : Math.round(durationMs * 1_000_000),
  })
}

/** A denial adds `denied` where ECS allows it, and takes back `allowed`. */
function typesOf(record: JsonObject, column: EcsColumn): readonly string[] {
  if (record.outcome !== 'denied') return column.type
  const types = column.type.filter((type) => type !== 'allowed')
  if (types.includes('denied') || !column.category.some((category) => deniable.has(category))) return types
  return [...types, 'denied']
}

function outcomeOf(record: JsonObject, column: EcsColumn): string {
  switch (record.outcome) {
    case 'success':
      return 'success'
    case 'failure':
    case 'denied':
      return 'failure'
    case 'unknown':
      return 'unknown'
    default:
      return column.outcome
  }
}

function httpOf(record: JsonObject): JsonObject | undefined {
  const http = objectOf(record.http)
  return present({
    request: present({
      id: textOf(record.request_id),
      method: textOf(http.method),
      bytes: numberOf(http.req_bytes),
    }),
    response: present({ status_code: numberOf(http.status), bytes: numberOf(http.res_bytes) }),
  })
}

function errorOf(record: JsonObject): JsonObject | undefined {
  if (record.event_type !== 'application_error') return undefined
  const metadata = objectOf(record.metadata)
  return present({
    type: textOf(metadata.error_type),
    code: textOf(metadata.error_code),
    id: textOf(metadata.fingerprint),
  })
}

function ownOf(record: JsonObject): JsonObject | undefined {
  const http = objectOf(record.http)
  return present({
    schema: record.schema,
    category: record.category,
    action: record.action,
    outcome: record.outcome,
    actor: record.actor,
    targets: record.targets,
    subjects: record.subjects,
    decision: record.decision,
    ip_token: record.ip_token,
    route: textOf(http.route),
    completion: textOf(http.completion),
    correlation_id: record.correlation_id,
    causation_id: record.causation_id,
    phase: record.phase,
    operation_id: record.operation_id,
    remote: record.remote,
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
    writer: objectOf(record.service).writer,
    n: numberOf(record.n),
  })
}
