/** How one row of the table is stated: `row(at(3002, 1, 'Logon'), 'authentication,session / start / success')`. */
import type { Columns, EcsColumn, OcsfColumn } from './columns.ts'

/** An OCSF class and activity. */
export function at(classUid: number, activity: number, name: string): OcsfColumn {
  return { class: classUid, activity, name }
}

type EcsText = `${string} / ${string} / ${'success' | 'failure' | 'unknown'}`

/** One event's row; `ocsf` holds two places where 1.9.0 moved it. */
export function row(
  ocsf: OcsfColumn | readonly [was: OcsfColumn, is: OcsfColumn],
  ecs: EcsText,
  more: { readonly kind?: 'alert'; readonly disposition?: NonNullable<Columns['disposition']> } = {},
): Columns {
  const [was, is] = 'class' in ocsf ? [ocsf, ocsf] : ocsf
  const [category = '', type = '', outcome = ''] = ecs.split(' / ')
  const column: EcsColumn = {
    category: category.split(','),
    type: type.split(','),
    outcome: outcome === 'success' || outcome === 'failure' ? outcome : 'unknown',
    kind: more.kind ?? 'event',
  }
  return Object.freeze({
    was,
    is,
    ecs: Object.freeze(column),
    ...(more.disposition && { disposition: more.disposition }),
  })
}
