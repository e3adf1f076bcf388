/**
 * What each OCSF class asks for beyond the base event: its required attributes, and the recommended ones a record can fill.
 */
import type { OcsfColumn } from './column.ts'
import { complianceOf, findingOf, incidentOf, vulnerabilitiesOf } from './ocsf-findings.ts'
import { actingUserOf, affectedUserOf, httpRequestOf, serviceEndpointOf, serviceOf, sessionOf } from './ocsf-objects.ts'
import { type JsonObject, numberOf, objectOf, objectsOf, present, textOf } from './record-view.ts'

export function attributesOf(place: OcsfColumn, record: JsonObject): JsonObject {
  const make = byClass[place.class]
  return make === undefined ? {} : make(record, place)
}

const byClass: Readonly<Record<number, (record: JsonObject, place: OcsfColumn) => JsonObject>> = {
  1008: (record) => ({
    log_name: `${textOf(objectOf(record.service).name) ?? 'unknown'}/${textOf(record.stream) ?? 'audit'}`,
    log_provider: 'trailmark',
  }),
  2002: (record, place) => ({ ...findingOf(record, place), vulnerabilities: vulnerabilitiesOf(record) }),
  2003: (record, place) => ({ ...findingOf(record, place), compliance: complianceOf(record) }),
  2004: findingOf,
  2005: incidentOf,
  3001: (record) => ({ user: affectedUserOf(record) }),
  3002: authenticationOf,
  3003: (record) => ({
    user: affectedUserOf(record),
    privileges: privilegesOf(record),
    session: sessionOf(objectOf(record.actor)),
  }),
  3004: (record) => ({ entity: entityOf(record) }),
  3005: (record) => ({ user: affectedUserOf(record), privileges: privilegesOf(record) }),
  3007: userManagementOf,
  4002: (record) => ({ ...httpActivityOf(record) }),
  6001: (record) => ({ web_resources: webResourcesOf(record) }),
  6002: (record) => ({ app: appOf(record) }),
  6003: (record) => ({ api: apiOf(record), resources: resourcesOf(record) }),
  6005: (record) => datastoreOf(record),
  6006: (record) => ({ file: fileOf(record) }),
  6007: (record) => ({ scan: scanOf(record) }),
}

function authenticationOf(record: JsonObject): JsonObject {
  const metadata = objectOf(record.metadata)
  const mfa = objectOf(record.actor).mfa === true || String(record.event_type).startsWith('mfa_')
  return {
    user: actingUserOf(record),
    service: serviceOf(record),
    dst_endpoint: serviceEndpointOf(record),
    is_mfa: mfa,
    session: sessionOf(objectOf(record.actor)),
    auth_protocol_id: 99,
    auth_protocol:
      textOf(metadata.method) ?? textOf(metadata.scheme) ?? textOf(objectOf(record.actor).auth_method) ?? 'Other',
    auth_factors: textOf(metadata.factor) && [{ factor_type_id: 99, factor_type: textOf(metadata.factor) }],
  }
}

function userManagementOf(record: JsonObject): JsonObject {
  const role = textOf(objectOf(record.metadata).role)
  const permission = textOf(objectOf(record.metadata).permission)
  return {
    user: affectedUserOf(record),
    privileges: permission === undefined ? undefined : [permission],
    iam_roles: role === undefined ? undefined : [{ name: role }],
  }
}

/** Required by User Access and Authorize Session; a grant that names nothing is still a grant. */
function privilegesOf(record: JsonObject): readonly string[] {
  const metadata = objectOf(record.metadata)
  const named = textOf(metadata.permission) ?? textOf(metadata.role) ?? textOf(objectOf(record.decision).permission)
  return [named ?? 'unspecified']
}

function entityOf(record: JsonObject): JsonObject {
  const metadata = objectOf(record.metadata)
  const target = objectsOf(record.targets)[0] ?? {}
  const named =
    textOf(metadata.policy) ??
    textOf(metadata.flag) ??
    textOf(metadata.hold_id) ??
    textOf(metadata.request_id) ??
    textOf(metadata.branch) ??
    textOf(metadata.retention_class)
  const isPolicy = policies.has(String(record.event_type))
  return (
    present({
      uid: textOf(target.id),
      name: named ?? textOf(target.type) ?? String(record.event_type),
      ...(isPolicy ? { type: 'Policy', type_id: 5 } : { type: textOf(target.type) ?? kindOf(record), type_id: 99 }),
    }) ?? {}
  )
}

const policies: ReadonlySet<string> = new Set(['policy_edited', 'retention_changed', 'branch_protection_changed'])

function kindOf(record: JsonObject): string {
  const type = String(record.event_type)
  if (type.startsWith('legal_hold')) return 'Legal hold'
  if (type.startsWith('erasure') || type.startsWith('dsr')) return 'Data subject request'
  return 'Feature flag'
}

/** HTTP Activity needs a request or a response, also for a call of ours whose request was never an exchange. */
function httpActivityOf(record: JsonObject): JsonObject {
  const host = textOf(objectOf(record.metadata).host)
  const status = numberOf(objectOf(record.metadata).status)
  return {
    http_request: httpRequestOf(record) ?? {
      uid: textOf(record.request_id) ?? textOf(record.id) ?? 'unknown',
      http_method: host === undefined ? 'GET' : 'POST',
      url: { hostname: host ?? 'unknown' },
    },
    ...(status !== undefined && { http_response: { code: status } }),
    dst_endpoint: host === undefined ? serviceEndpointOf(record) : { hostname: host },
  }
}

function resourcesOf(record: JsonObject): readonly JsonObject[] {
  return objectsOf(record.targets).flatMap((target) => {
    const resource = present({ uid: textOf(target.id), type: textOf(target.type) })
    return resource === undefined ? [] : [resource]
  })
}

function webResourcesOf(record: JsonObject): readonly JsonObject[] {
  const resources = resourcesOf(record)
  return resources.length > 0 ? resources : [{ name: textOf(objectOf(record.http).route) ?? String(record.event_type) }]
}

function appOf(record: JsonObject): JsonObject {
  const service = objectOf(record.service)
  const name = textOf(objectOf(record.metadata).package) ?? textOf(service.name) ?? 'unknown'
  return (
    present({ name, vendor_name: name, version: textOf(objectOf(record.metadata).to) ?? textOf(service.version) }) ?? {}
  )
}

function apiOf(record: JsonObject): JsonObject {
  const http = objectOf(record.http)
  const route = textOf(http.route)
  return {
    operation: route === undefined ? String(record.event_type) : `${textOf(http.method) ?? 'GET'} ${route}`,
    service: serviceOf(record),
    ...(textOf(record.request_id) !== undefined && { request: { uid: textOf(record.request_id) } }),
  }
}

function datastoreOf(record: JsonObject): JsonObject {
  const table = textOf(objectOf(record.metadata).table)
  if (table !== undefined) return { table: { name: table } }
  const isTrail = record.category === 'audit_meta'
  const name = isTrail
    ? 'trailmark'
    : (textOf(objectOf(record.metadata).store) ?? textOf(objectOf(record.service).name) ?? 'unknown')
  return { database: { name, type: isTrail ? 'Ledger' : 'Other', type_id: 99 } }
}

function fileOf(record: JsonObject): JsonObject {
  const metadata = objectOf(record.metadata)
  return (
    present({
      // The client's file name is never recorded; the form field is the name we have.
      name: textOf(metadata.field) ?? 'upload',
      type_id: 1,
      type: 'Regular File',
      size: numberOf(metadata.bytes),
      mime_type: textOf(metadata.media_type),
    }) ?? {}
  )
}

function scanOf(record: JsonObject): JsonObject {
  const metadata = objectOf(record.metadata)
  return (
    present({
      uid: textOf(record.id),
      name: textOf(metadata.check) ?? 'check',
      type_id: 99,
      type: 'Pull request check',
    }) ?? {}
  )
}
