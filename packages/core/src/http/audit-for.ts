/** Which audit an integration records with: the one it was given, else the one that follows the request, else the process's. */
import type { Audit } from '../audit.ts'
import { currentContext } from '../context.ts'
import { defaultAudit } from '../default-audit.ts'
import { findView, findViewOf } from '../runtime.ts'

/**
 * The audit to record with. `request` is any form of the request it is about; without one, the request in progress counts.
 * Throws as `createAudit()` does, where the process's own has to be made.
 */
export function auditFor(given?: Audit, request?: object): Audit {
  if (given !== undefined) return given
  const ambient = currentContext()
  const view = request === undefined ? undefined : findViewOf(request)
  return auditOf(view) ?? auditOf(ambient === undefined ? undefined : findView(ambient)) ?? defaultAudit()
}

function auditOf(view: object | undefined): Audit | undefined {
  return view !== undefined && 'audit' in view ? (view.audit as Audit) : undefined
}
