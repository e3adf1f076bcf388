/** Which audit an adapter's options mean: one that exists, one of their own, or the process's. */
import { type Audit, createAudit } from '../audit.ts'
import { defaultAudit } from '../default-audit.ts'
import { AuditError } from '../errors.ts'
import type { AuditOptions } from '../options.ts'
import { runtimeOf } from '../runtime.ts'

/** Either an audit that exists, or the options of `createAudit()`; nothing at all means `defaultAudit()`. */
export type AuditSource = { readonly audit?: Audit | undefined } & AuditOptions

/**
 * The audit that these options mean. Throws `AUDIT_OPTION_INVALID` when both an audit and options for one are given or
 * the audit is none, and whatever `createAudit()` throws.
 */
export function auditFrom(source?: AuditSource): Audit {
  checkAdapterOptions(source)
  const { audit, ...options } = source ?? {}
  const names = Object.keys(options)
  if (audit === undefined) return names.length === 0 ? defaultAudit() : createAudit(options)
  if (!isAudit(audit)) throw new AuditError('AUDIT_OPTION_INVALID', 'audit: must be made by createAudit()')
  if (names.length > 0) {
    const message = `audit cannot be combined with ${names.join(', ')}: give them to createAudit()`
    throw new AuditError('AUDIT_OPTION_INVALID', message)
  }
  return audit
}

/**
 * What every adapter asks of its options before it takes them apart: that they are options, and that `actor`, which some keep
 * to themselves, is a function. Throws `AUDIT_OPTION_INVALID`.
 */
export function checkAdapterOptions(options: unknown): void {
  if (options === undefined) return
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new AuditError('AUDIT_OPTION_INVALID', 'options: must be an object')
  const actor: unknown = Reflect.get(options, 'actor')
  if (actor !== undefined && typeof actor !== 'function')
    throw new AuditError('AUDIT_OPTION_INVALID', 'actor: must be a function')
}

function isAudit(value: unknown): boolean {
  try {
    return typeof value === 'object' && value !== null && runtimeOf(value) !== undefined
  } catch {
    return false
  }
}
