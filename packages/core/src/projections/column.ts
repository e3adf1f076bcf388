/** One row of the table: where an event stands. Stated as `row(at(3002, 1, 'Logon'), 'authentication,session / start / success')`. */

export interface OcsfColumn {
  readonly class: number
  readonly activity: number
  /** The activity's caption; for 99 the words of our own. */
  readonly name: string
}

export interface EcsColumn {
  readonly category: readonly string[]
  readonly type: readonly string[]
  readonly outcome: 'success' | 'failure' | 'unknown'
  readonly kind: 'event' | 'alert'
}

export interface Columns {
  readonly was: OcsfColumn
  readonly is: OcsfColumn
  readonly ecs: EcsColumn
  /** OCSF disposition_id, where a control allowed or stopped something: 1 Allowed, 2 Blocked, 25 Rejected, 26 Unauthorized. */
  readonly disposition?: 1 | 2 | 25 | 26
}

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
