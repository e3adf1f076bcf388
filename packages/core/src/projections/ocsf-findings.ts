/** The OCSF finding classes: something was found, by a rule, and somebody may have to act on it. */
import type { OcsfColumn } from './column.ts'
import { actingUserOf } from './ocsf-objects.ts'
import { booleanOf, type JsonObject, millisecondsOf, objectOf, present, textOf } from './record-view.ts'

/** Findings have a life of their own: their status is not the outcome of the act that was recorded. */
export function findingOf(record: JsonObject, place: OcsfColumn): JsonObject {
  const closed = place.activity === 3
  return {
    status_id: closed ? 4 : 1,
    status: closed ? 'Resolved' : 'New',
    finding_info: findingInfoOf(record),
    is_alert: true,
  }
}

export function findingInfoOf(record: JsonObject): JsonObject {
  const metadata = objectOf(record.metadata)
  const rule = textOf(metadata.rule)
  return (
    present({
      // An alert keeps its own id through its life; anything else is found once, by this record.
      uid: textOf(metadata.alert_id) ?? textOf(metadata.finding_id) ?? textOf(record.id) ?? 'unknown',
      title: String(record.event_type),
      created_time: millisecondsOf(record.timestamp),
      types: textOf(record.reason) && [textOf(record.reason)],
      analytic: rule && { name: rule, uid: rule, type_id: 1, type: 'Rule' },
    }) ?? {}
  )
}

const incidentStates = { 1: 'New', 2: 'In Progress', 5: 'Closed' } as const

/** Incident Finding requires someone to be in charge; until a person is, the group on call is. */
export function incidentOf(record: JsonObject, place: OcsfColumn): JsonObject {
  const state = place.activity === 1 ? 1 : place.activity === 3 ? 5 : 2
  const isPerson = objectOf(record.actor).type === 'user'
  return {
    status_id: state,
    status: incidentStates[state],
    finding_info_list: [findingInfoOf(record)],
    ...(isPerson ? { assignee: actingUserOf(record) } : { assignee_group: { name: 'on-call' } }),
  }
}

export function vulnerabilitiesOf(record: JsonObject): readonly JsonObject[] {
  const metadata = objectOf(record.metadata)
  const advisory = textOf(metadata.advisory) ?? 'unknown'
  const found = present({
    title: advisory,
    severity: textOf(metadata.level),
    // CVE numbers have an object of their own; every other advisory stands in the general one.
    ...(/^CVE-\d{4}-\d{4,}$/.test(advisory) ? { cve: { uid: advisory } } : { advisory: { uid: advisory } }),
    affected_packages: textOf(metadata.package) && [
      present({
        name: textOf(metadata.package),
        version: textOf(metadata.version) ?? 'unknown',
        fixed_in_version: textOf(metadata.fixed_in),
      }),
    ],
    is_fix_available: metadata.fixed_in === undefined ? undefined : true,
  })
  return found === undefined ? [] : [found]
}

export function complianceOf(record: JsonObject): JsonObject {
  const bypassed = booleanOf(objectOf(record.metadata).bypass)
  return {
    control: 'Changes are reviewed before they are merged',
    standards: ['Change management'],
    requirements: ['Review by somebody other than the author'],
    status_id: 3,
    status: 'Fail',
    ...(bypassed !== undefined && { status_code: bypassed ? 'bypass' : 'not_enforced' }),
  }
}
