/**
 * Records in the words of others: OCSF for security data lakes, ECS for Elastic and what speaks like it.
 *
 * Projections are made at export from stored records and are never stored themselves. This entry stands apart so that the
 * tables are loaded by exporters alone, never by an application that only records.
 */
export type { Columns, EcsColumn, OcsfColumn } from './projections/column.ts'
export { columns, columnsOf } from './projections/columns.ts'
export { type EcsDocument, ecsVersion, toEcs } from './projections/ecs.ts'
export { type OcsfEvent, type OcsfOptions, type OcsfVersion, ocsfVersions, toOcsf } from './projections/ocsf.ts'
