/** A report of what a statement did, and what takes it: the words that the parts of access below the route share. */
import type { Audit } from '../audit.ts'
import type { RequestContext } from '../context.ts'
import type { PersonalTable } from '../data-options.ts'
import type { ExchangeFacts } from '../draft.ts'
import type { ExchangeView } from '../runtime.ts'

export type AccessBelowVerb = 'read' | 'create' | 'update' | 'delete'

/** What one call of a driver or an ORM did to one table. */
export interface AccessBelow {
  /** Table or collection as the statement names it, quotes removed; `schema.table` is allowed. */
  readonly table: string
  readonly verb: AccessBelowVerb
  /** Rows read or affected, as far as they are known. */
  readonly records?: number | undefined
  /**
   * The rows as the library gives them, objects or arrays; nothing but the declared `subject` and `id` columns of at most 20
   * is read of them, and that at once.
   */
  readonly rows?: readonly unknown[] | undefined
  /** The names of the columns in their order, where rows are arrays. */
  readonly columns?: readonly string[] | undefined
  /** The call failed: nothing was read or changed as far as its caller knows. */
  readonly failed?: boolean | undefined
  /**
   * Who saw it: a `driver` sees every statement, a `library` above it (the default) sees its own calls. Where both tell of one
   * table and verb in one request, the driver's counts stand and the library's are dropped: nothing is counted twice, and
   * neither has to know of the other.
   */
  readonly layer?: 'driver' | 'library' | undefined
  /**
   * The request the call was made in: what `currentContext()` said when it began. Callbacks of pooled connections may run in
   * the context of another request. Default: the request in progress.
   */
  readonly context?: RequestContext | undefined
}

/** An exchange that takes reports. */
export interface ReportTaker extends ExchangeView {
  readonly audit: Audit
  /** Takes a report of one of its own; false once it has ended. */
  below(access: AccessBelow, table: PersonalTable): boolean
  /** Gives a declared access, of the route or of a function called in it, what was counted of it by now. */
  fill(access: object): void
  /** True when its route declares nothing of this table; counted on the route. */
  tellDrift(table: PersonalTable, facts: ExchangeFacts): boolean
}

export function isReportTaker(view: ExchangeView): view is ReportTaker {
  return 'below' in view && 'tellDrift' in view && 'audit' in view
}
