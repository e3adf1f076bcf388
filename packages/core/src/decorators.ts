/** Functions and methods that touch data, declared where they are written: `@trailmark/core/decorators`. */
import { callAudited, type DeclareCall } from './audited-call.ts'
import type { AccessVerb } from './http/exchange.ts'

export type { AnyCallOptions, AuditedCall, AuditedCallOptions, DeclareCall } from './audited-call.ts'

/**
 * Functions and methods that touch personal data: every call is recorded when it has ended, with the outcome it had, in the
 * request it was made in. One value for all of it, told apart by how it is called:
 *
 *     const findPatient = audited.read('patient', { id: (id: string) => id })(async (id: string) => db.patients.get(id))
 *
 *     class Patients {
 *       @audited.export('patient', { volume: (rows: Row[]) => rows.length }) // standard or legacy decorators
 *       async exportAll() { … }
 *     }
 *
 * Questions are asked with what the function was called with, and `volume` and `metadata` with its result in front; one that
 * throws costs its field and never the call. Whatever the function returns or throws, its caller gets. Where the event is of
 * class `block` the attempt is durable before the body runs, within 2 s, or the call rejects with `AUDIT_ATTEMPT_REFUSED`;
 * a function that cannot wait (neither `async` nor `promise: true`) is refused with `AUDIT_OPTION_INVALID` where its event is
 * of that class by itself. A generator is recorded when it was read to its end, or left.
 */
export const audited = {
  read: declaring('read'),
  create: declaring('create'),
  update: declaring('update'),
  delete: declaring('delete'),
  export: declaring('export'),
  /** Recorded as `bulk_query`. */
  search: declaring('search'),
  /** Recorded as `data_share`. */
  share: declaring('share'),
} as const

function declaring(verb: AccessVerb): DeclareCall {
  return (resource, options) => callAudited(verb, resource, options === undefined ? {} : options)
}
