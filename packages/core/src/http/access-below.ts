/**
 * Access to personal data below the route: what a database driver or an ORM saw a statement do.
 *
 * A report costs a line in a table of counts; the record is made when the exchange ends, one for each table and verb,
 * however many statements there were. Tables that the option `data` does not name are none of the trail's business.
 */
import type { Audit } from '../audit.ts'
import { currentContext, type RequestContext } from '../context.ts'
import type { PersonalTables } from '../data-options.ts'
import { findView, type Runtime, runtimeOf } from '../runtime.ts'
import { foldElsewhere } from './access-below-elsewhere.ts'
import { type AccessBelow, isReportTaker } from './access-below-report.ts'

/**
 * True when the audit has a `data` option at all: an integration that would have to read a statement first asks this.
 * `audit` is what the user gave the integration; without one, the audit of the request in progress counts, else the only open
 * audit that declares tables.
 */
export function watchesData(audit?: Audit): boolean {
  return tablesOf(audit, currentContext()) !== undefined
}

/** True when the table is declared to hold personal data; for any other nothing has to be reported. */
export function isPersonal(table: string, audit?: Audit): boolean {
  return tablesOf(audit, currentContext())?.find(table) !== undefined
}

/**
 * Reports one access. Never throws and writes nothing yet: the record is made when the exchange ends, one for each table and
 * verb; outside any request after a second. A report of a table that is not declared is dropped.
 *
 *     reportAccess({ table: 'patients', verb: 'read', records: rows.length, rows }, options.audit)
 */
export function reportAccess(access: AccessBelow, audit?: Audit): void {
  try {
    const context = access.context ?? currentContext()
    const runtime = runtimeFor(audit, context)
    const table = runtime?.options.data?.find(access.table)
    if (runtime === undefined || table === undefined || runtime.closed) return
    const view = context === undefined ? undefined : findView(context)
    if (view !== undefined && isReportTaker(view) && runtimeOf(view.audit) === runtime && view.below(access, table))
      return
    foldElsewhere(runtime, access, table, context)
  } catch {
    // Whoever watches must not break what is watched.
  }
}

/** Tells the operator something about what integrations with databases can see, once per code. Never throws. */
export function tellData(code: string, message: string, audit?: Audit): void {
  try {
    runtimeFor(audit, currentContext())?.notice(code, message)
  } catch {
    // Not an audit: reports will say nothing either.
  }
}

function tablesOf(audit: Audit | undefined, context: RequestContext | undefined): PersonalTables | undefined {
  try {
    return runtimeFor(audit, context)?.options.data
  } catch {
    return undefined
  }
}

function runtimeFor(audit: Audit | undefined, context: RequestContext | undefined): Runtime | undefined {
  if (audit !== undefined) return runtimeOf(audit)
  const view = context === undefined ? undefined : findView(context)
  if (view !== undefined && isReportTaker(view)) return runtimeOf(view.audit)
  return theOnlyOne()
}

const DECLARING = Symbol.for('@trailmark/core/declares-data/1')

function declaring(): Set<Runtime> {
  const found: unknown = Reflect.get(globalThis, DECLARING)
  if (found instanceof Set) return found
  const made = new Set<Runtime>()
  Object.defineProperty(globalThis, DECLARING, { value: made })
  return made
}

const runtimes = declaring()

/** For `audit.ts`: an audit with a `data` option is found by reports that come from no request. */
export function rememberData(runtime: Runtime): void {
  if (runtime.options.data !== undefined) runtimes.add(runtime)
}

/** Jobs and scripts name no audit; where only one declares tables, no other can be meant. */
function theOnlyOne(): Runtime | undefined {
  if (runtimes.size === 0) return undefined
  let found: Runtime | undefined
  let several = false
  for (const runtime of runtimes) {
    if (runtime.closed) runtimes.delete(runtime)
    else if (found === undefined) found = runtime
    else several = true
  }
  if (!several) return found
  found?.notice(
    'DATA_AUDIT_UNCLEAR',
    'access to data outside of any request is not recorded: several audits declare tables, and the integration was given none; pass `audit` to it',
  )
  return undefined
}
