import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Catalogue, catalogue, eventCode } from '../catalogue.ts'
import { defineEvents } from '../define-events.ts'
import type { EventDefinition, Outcome } from '../event.ts'
import { columns, ocsfVersions, toEcs, toOcsf } from '../projections.ts'
import { classes } from './ocsf-names.ts'
import type { JsonObject } from './record-view.ts'

const events: Catalogue = catalogue
const names = Object.keys(events)
const rows: Readonly<Record<string, (typeof columns)[keyof typeof columns]>> = columns
const id = '0193a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b'

/** As a system event leaves it: no client, no person, no request. */
function least(type: string, outcome?: Outcome): JsonObject {
  const definition = events[type] as EventDefinition
  return {
    schema: 'audit/1',
    timestamp: '2026-01-15T10:20:30.004Z',
    id,
    seq: 7,
    stream: definition.stream ?? 'audit',
    level: definition.level,
    severity: definition.severity,
    event_type: type,
    event_code: eventCode(definition, outcome ?? definition.outcome),
    category: definition.category,
    action: definition.action,
    outcome: outcome ?? definition.outcome,
    actor: { type: 'system' },
    service: { name: 'clinic', version: '4f2a9c1', env: 'production', instance: 'host-1', writer: 'w-0123456789ab' },
    policy: 'p0licy12',
  }
}

function most(type: string): JsonObject {
  return {
    ...least(type),
    tenant: 'north',
    reason: events[type]?.reasons[0],
    actor: { type: 'user', session_ref: 'p1_s', mfa: true, roles: ['nurse'] },
    user_id: 'pn_actor',
    targets: [{ type: 'patient', id: 'p1_target' }],
    subjects: ['pn_subject'],
    decision: {
      effect: 'deny',
      policy_id: 'ward',
      policy_version: '3',
      permission: 'chart:read',
      roles_evaluated: ['nurse'],
    },
    ip_address: '192.0.2.0/24',
    source: { ua_family: 'Firefox', os_family: 'Linux', geo_country: 'AT' },
    http: { method: 'GET', route: '/patients/:id', status: 403, duration_ms: 1.5, req_bytes: 0, res_bytes: 9 },
    request_id: 'r',
    trace_id: '0af7651916cd43dd8448eb211c80319c',
    span_id: 'b7ad6b7169203331',
  }
}

const records = names.flatMap((name): [string, string, JsonObject][] => [
  [name, 'without a client', least(name)],
  [name, 'with everything', most(name)],
])

/** What each class requires, by the notes in the table's specification; `anyOf` where one of several is enough. */
const required: Readonly<Record<number, { all?: string[]; anyOf?: string[] }>> = {
  1008: { anyOf: ['log_name', 'log_provider'] },
  2002: { all: ['finding_info.uid', 'finding_info.title', 'vulnerabilities'] },
  2003: { all: ['finding_info.uid', 'compliance.standards', 'compliance.control'] },
  2004: { all: ['finding_info.uid', 'finding_info.title'] },
  2005: { all: ['finding_info_list', 'status_id'], anyOf: ['assignee', 'assignee_group'] },
  3001: { all: ['user'] },
  3002: { all: ['user'], anyOf: ['service', 'dst_endpoint'] },
  3003: { all: ['user', 'privileges'] },
  3004: { all: ['entity'] },
  3005: { all: ['user', 'privileges'] },
  3007: { all: ['user'] },
  4002: { anyOf: ['http_request', 'http_response'] },
  6001: { all: ['web_resources'] },
  6002: { all: ['app.name', 'app.vendor_name'] },
  6003: { all: ['actor', 'api.operation', 'src_endpoint'] },
  6005: { all: ['actor', 'src_endpoint'], anyOf: ['database', 'databucket', 'table'] },
  6006: { all: ['actor', 'file.name', 'file.type_id', 'src_endpoint'] },
  6007: { all: ['scan.type_id'] },
  6008: {},
  0: {},
}

describe.each(ocsfVersions)('OCSF %s', (version) => {
  test.each(records)('%s has what its class requires, %s', (name, _how, record) => {
    const event = toOcsf(record, version)
    for (const attribute of ['activity_id', 'category_uid', 'class_uid', 'severity_id', 'time', 'type_uid']) {
      expect(event[attribute]).toEqual(expect.any(Number))
    }
    expect(event).toMatchObject({
      metadata: { version, uid: id, product: { name: 'Trailmark', vendor_name: 'Trailmark' } },
    })
    expect(event.type_uid).toBe(Number(event.class_uid) * 100 + Number(event.activity_id))
    expect(event.category_uid).toBe(Math.floor(Number(event.class_uid) / 1_000))
    const needs = required[Number(event.class_uid)]
    expect([name, needs]).not.toEqual([name, undefined])
    for (const path of needs?.all ?? []) expect(event).toHaveProperty(path)
    if (needs?.anyOf !== undefined) expect(needs.anyOf.filter((member) => member in event).length).toBeGreaterThan(0)
    expect(objectsWithoutIdentity(event)).toEqual([])
    expect(JSON.parse(JSON.stringify(event))).toEqual(event)
  })

  test('uses no class that this version has retired', () => {
    const retired = version === '1.8.0' ? [6004, 5002] : [6004, 5002, 3001, 3005]
    for (const name of names) expect(retired).not.toContain(toOcsf(least(name), version).class_uid)
  })
})

/** Users, endpoints and entities need at least one member that identifies them. */
function objectsWithoutIdentity(event: JsonObject): string[] {
  const identifying = ['uid', 'name', 'ip', 'hostname', 'svc_name', 'instance_uid']
  return ['user', 'src_endpoint', 'dst_endpoint', 'entity', 'table', 'database', 'assignee', 'assignee_group'].filter(
    (member) => {
      const value = event[member]
      return typeof value === 'object' && value !== null && !identifying.some((key) => key in value)
    },
  )
}

describe('the OCSF columns', () => {
  test('have a row for every event and none for anything else', () => {
    expect(Object.keys(columns).sort()).toEqual([...names].sort())
  })

  test('name only classes whose captions are known', () => {
    for (const row of Object.values(rows)) {
      expect(classes).toHaveProperty(String(row.was.class))
      expect(classes).toHaveProperty(String(row.is.class))
    }
  })

  test('tell a decision by what was asked for, and a blocked request by its method', () => {
    expect(toOcsf(most('authz_deny'), '1.9.0')).toMatchObject({
      class_uid: 6003,
      activity_id: 2,
      action_id: 2,
      disposition_id: 26,
    })
    expect(toOcsf(most('authz_allow'), '1.9.0')).toMatchObject({ action_id: 1, disposition_id: 1 })
    expect(toOcsf(most('rate_limit_exceeded'), '1.9.0')).toMatchObject({
      class_uid: 4002,
      activity_id: 3,
      disposition_id: 25,
    })
    expect(toOcsf(least('authz_deny'), '1.9.0')).toMatchObject({ activity_id: 99 })
    expect(toOcsf({ ...least('row_change'), metadata: { op: 'delete' } }, '1.9.0')).toMatchObject({
      class_uid: 6005,
      activity_id: 7,
    })
  })

  test('move account and grant events to User Management in 1.9.0', () => {
    expect(toOcsf(most('role_assigned'), '1.8.0')).toMatchObject({ class_uid: 3005, activity_id: 1 })
    expect(toOcsf(most('role_assigned'), '1.9.0')).toMatchObject({ class_uid: 3007, activity_id: 16 })
    expect(toOcsf(most('mfa_disabled'), '1.9.0')).toMatchObject({ type_uid: 300713, user: { uid: 'pn_subject' } })
  })

  test('put the decision into the security_control profile', () => {
    expect(toOcsf(most('authz_deny'), '1.8.0')).toMatchObject({
      status_id: 2,
      status_detail: 'unauthenticated',
      authorizations: [{ decision: 'deny', policy: { uid: 'ward', version: '3' } }],
      metadata: { profiles: ['security_control'] },
    })
  })

  test('fill record_integrity from the ledger position, in 1.9.0 alone', () => {
    const options = { position: { origin: 'clinic/audit.standard/w-0123456789ab', n: 41, leaf: 'ab'.repeat(32) } }
    expect(toOcsf(least('logout'), '1.9.0', options)).toMatchObject({
      attestation_list: [{ uid: 'clinic/audit.standard/w-0123456789ab/41', chain_uid: options.position.origin }],
      metadata: { profiles: ['record_integrity'] },
    })
    expect(toOcsf(least('logout'), '1.8.0', options)).not.toHaveProperty('attestation_list')
  })

  test('show a masked address as an address, and no raw URL', () => {
    const event = toOcsf(most('data_access'), '1.9.0')
    expect(event).toMatchObject({ src_endpoint: { ip: '192.0.2.0' }, http_request: { url: { path: '/patients/:id' } } })
  })
})

/** The values ECS allows; a row with another would be refused by its readers. */
const ecsCategories = new Set([
  ...[
    'api',
    'authentication',
    'configuration',
    'database',
    'driver',
    'email',
    'file',
    'host',
    'iam',
    'intrusion_detection',
  ],
  ...['library', 'malware', 'network', 'package', 'process', 'registry', 'session', 'threat', 'vulnerability', 'web'],
])
const ecsTypes = new Set([
  ...['access', 'admin', 'allowed', 'change', 'connection', 'creation', 'deletion', 'denied', 'device', 'end', 'error'],
  ...['group', 'indicator', 'info', 'installation', 'protocol', 'start', 'user'],
])

describe('ECS', () => {
  test.each(records)('%s is categorised with words that ECS has, %s', (_name, _how, record) => {
    const document = toEcs(record)
    expect(document).toMatchObject({ '@timestamp': '2026-01-15T10:20:30.004Z', ecs: { version: expect.any(String) } })
    const event = document.event as { kind: string; category: string[]; type: string[]; outcome: string }
    expect(['event', 'alert']).toContain(event.kind)
    for (const category of event.category) expect(ecsCategories).toContain(category)
    for (const type of event.type) expect(ecsTypes).toContain(type)
    expect(['success', 'failure', 'unknown']).toContain(event.outcome)
    expect(JSON.parse(JSON.stringify(document))).toEqual(document)
  })

  test('shows on the nominal path the outcome of its row', () => {
    for (const name of names) {
      expect([name, (toEcs(least(name)).event as { outcome: string }).outcome]).toEqual([name, rows[name]?.ecs.outcome])
    }
  })

  test('adds denied where ECS allows it, and only there', () => {
    expect(toEcs(least('data_create', 'denied'))).toMatchObject({
      event: { type: ['creation', 'denied'], outcome: 'failure' },
    })
    expect(toEcs(least('data_access', 'denied'))).toMatchObject({ event: { category: ['web'], type: ['access'] } })
    expect(toEcs(least('login_success', 'denied'))).toMatchObject({ event: { type: ['start'], outcome: 'failure' } })
    expect(toEcs(least('authz_allow', 'denied'))).toMatchObject({ event: { type: ['access', 'denied'] } })
  })

  test('counts durations in nanoseconds and keeps the rest under a namespace of its own', () => {
    expect(toEcs({ ...most('data_access'), metadata: { cached: true } })).toMatchObject({
      event: { duration: 1_500_000, sequence: 7, code: 'DAT001S' },
      http: { request: { id: 'r', method: 'GET' }, response: { status_code: 403, bytes: 9 } },
      source: { ip: '192.0.2.0' },
      trailmark: { route: '/patients/:id', metadata: { cached: true } },
    })
  })
})

describe('events of an application', () => {
  const own = defineEvents({
    chart_printed: { code: 'CLN001', category: 'data', action: 'export', like: 'data_export' },
    ward_moved: { code: 'CLN002', category: 'data', action: 'update' },
    bell_rung: { code: 'CLN003', category: 'application', action: 'other' },
  })
  const options = { events: { ...catalogue, ...own } }
  const record = (type: string, category: string) => ({ ...least('data_access'), event_type: type, category })

  test('are projected like the event they name, else by category, else as base events', () => {
    expect(toOcsf(record('chart_printed', 'data'), '1.9.0', options)).toMatchObject({ class_uid: 6001, activity_id: 7 })
    expect(toEcs(record('chart_printed', 'data'), options)).toMatchObject({
      event: { category: ['api'], action: 'chart_printed' },
    })
    expect(toOcsf(record('ward_moved', 'data'), '1.9.0', options)).toMatchObject({ class_uid: 6001 })
    expect(toOcsf(record('bell_rung', 'application'), '1.9.0', options)).toMatchObject({ class_uid: 0, type_uid: 99 })
  })

  test('are projected without their definitions as well', () => {
    expect(toOcsf(record('chart_printed', 'data'), '1.9.0')).toMatchObject({ class_uid: 6001, activity_id: 2 })
  })
})

test('projections answer any JSON at all, and never throw', () => {
  const member = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(...names, 'constructor', '__proto__'))
  const keys = Object.keys(most('data_access'))
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...keys, 'metadata', '__proto__'), member),
      fc.constantFrom(...names),
      (record, type) => {
        for (const input of [record, { ...record, event_type: type }]) {
          for (const version of ocsfVersions) expect(toOcsf(input, version).class_uid).toEqual(expect.any(Number))
          expect(toEcs(input)).toHaveProperty('event.kind')
        }
      },
    ),
  )
})
