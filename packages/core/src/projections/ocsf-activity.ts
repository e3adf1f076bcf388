/**
 * Which OCSF activity one record is: its row's, or a finer one where only the record knows.
 *
 * A decision is about what was asked for, a blocked request has a method, a row change has an operation, and a ticket may
 * have been closed by the update.
 */
import { at, type OcsfColumn } from './column.ts'
import { type JsonObject, objectOf, textOf } from './record-view.ts'

export function placeOf(record: JsonObject, nominal: OcsfColumn): OcsfColumn {
  const method = textOf(objectOf(record.http).method)?.toUpperCase() ?? ''
  const metadata = objectOf(record.metadata)
  switch (record.event_type) {
    case 'authz_allow':
    case 'authz_deny':
      return verbs.get(method) ?? nominal
    case 'rate_limit_exceeded':
    case 'csrf_validation_failed':
    case 'debug_endpoint_blocked':
      return methods.get(method) ?? nominal
    case 'row_change':
      return operations.get(textOf(metadata.op) ?? '') ?? nominal
    case 'ticket_updated':
      return record.reason === 'closed' ? at(2005, 3, 'Close') : nominal
    case 'pr_checks_completed':
      return metadata.conclusion === 'cancelled' ? at(6007, 3, 'Cancelled') : nominal
    default:
      return nominal
  }
}

const create = at(6003, 1, 'Create')
const read = at(6003, 2, 'Read')
const update = at(6003, 3, 'Update')

const verbs: ReadonlyMap<string, OcsfColumn> = new Map([
  ['POST', create],
  ['GET', read],
  ['HEAD', read],
  ['PUT', update],
  ['PATCH', update],
  ['DELETE', at(6003, 4, 'Delete')],
])

const methods: ReadonlyMap<string, OcsfColumn> = new Map([
  ['CONNECT', at(4002, 1, 'Connect')],
  ['DELETE', at(4002, 2, 'Delete')],
  ['GET', at(4002, 3, 'Get')],
  ['HEAD', at(4002, 4, 'Head')],
  ['OPTIONS', at(4002, 5, 'Options')],
  ['POST', at(4002, 6, 'Post')],
  ['PUT', at(4002, 7, 'Put')],
  ['TRACE', at(4002, 8, 'Trace')],
])

const operations: ReadonlyMap<string, OcsfColumn> = new Map([
  ['insert', at(6005, 6, 'Write')],
  ['delete', at(6005, 7, 'Delete')],
])
