/**
 * Where each event stands in OCSF and ECS: one row per event, nominal path.
 *
 * `was` is OCSF 1.8.0, `is` is 1.9.0, which retired the classes Account Change (3001) and User Access (3005). The outcome in
 * the ECS column is that of the event's usual outcome; a record's own outcome decides in the end.
 */
import type { BuiltInEvent, Catalogue } from '../catalogue.ts'
import type { Columns } from './column.ts'
import { codeColumns, dataColumns, governanceColumns, keysColumns } from './columns-data.ts'
import { accountColumns, authnColumns, authzColumns } from './columns-people.ts'
import { metaColumns, responseColumns, securityColumns, systemColumns } from './columns-system.ts'

/** The rows of every built-in event. */
export const columns: Readonly<Record<BuiltInEvent, Columns>> = Object.freeze({
  ...authnColumns,
  ...accountColumns,
  ...authzColumns,
  ...dataColumns,
  ...keysColumns,
  ...governanceColumns,
  ...securityColumns,
  ...systemColumns,
  ...codeColumns,
  ...metaColumns,
  ...responseColumns,
})

/** The row of any event: a built-in one's own, an application's by what it is `like`, else by category. */
export function columnsOf(type: string | undefined, category: string | undefined, events?: Catalogue): Columns {
  const rows: Readonly<Record<string, Columns>> = columns
  const definition = type !== undefined && events && Object.hasOwn(events, type) ? events[type] : undefined
  const like: unknown = definition && Reflect.get(definition, 'like')
  for (const name of [type, like, category && Object.hasOwn(byCategory, category) ? byCategory[category] : undefined]) {
    const row = typeof name === 'string' && Object.hasOwn(rows, name) ? rows[name] : undefined
    if (row !== undefined) return row
  }
  return columns.unknown_event
}

/** What an event of an application's own looks like from afar, when it says nothing itself. */
const byCategory: Readonly<Record<string, BuiltInEvent>> = {
  authn: 'mfa_challenge_issued',
  authz: 'authz_allow',
  data: 'data_access',
  keys: 'key_used',
  config: 'config_change',
  governance: 'dsr_updated',
  integration: 'outbound_transfer',
  code: 'commit_signature_verified',
  evidence: 'evidence_accessed',
}
