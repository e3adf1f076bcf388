/** What integrations of jobs and migrations ask of what they are handed. */
import { type Audit, AuditError } from '@trailmark/core'

export interface AuditOption {
  /** Default: the audit of the request in progress, else the process's. */
  readonly audit?: Audit
}

/** The thing as an object; throws `AUDIT_LIBRARY_UNKNOWN` for what has none of these methods. */
export function checkGiven(where: string, thing: unknown, what: string, ...methods: readonly string[]): object {
  const object = (typeof thing === 'object' || typeof thing === 'function') && thing !== null ? thing : undefined
  if (object !== undefined && methods.every((name) => typeof Reflect.get(object, name) === 'function')) return object
  const needs = methods.map((name) => `${name}()`).join(', ')
  throw new AuditError('AUDIT_LIBRARY_UNKNOWN', `${where}: expected ${what}, which has ${needs}`)
}

/** A name as records may hold it: what stands in no identifier is an underscore. */
export function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  const plain = value.slice(0, 64).replace(/[^A-Za-z0-9_.:-]/g, '_')
  return /^[A-Za-z0-9]/.test(plain) ? plain : `m${plain.slice(0, 63)}`
}
