/** Functions and methods that touch data, declared where they are written: `@trailmark/core/decorators`. */

import type { Audit } from './audit.ts'
import { decorate, isDecorating } from './capture/decorate.ts'
import { type CallOptions, type CallQuestion, type DeclaredCall, followCalls } from './declared-call.ts'
import { AuditError } from './errors.ts'
import { checkAccessOptions, checkStatement } from './http/access-options.ts'
import type { AccessVerb } from './http/exchange.ts'
import { runtimeOf } from './runtime.ts'

/** Any function. */
type AnyCall = (...given: never[]) => unknown

/** What the questions about a result are asked with: the settled value; of a generator, how many values it gave. */
type ResultOf<F extends AnyCall> = ReturnType<F> extends Generator | AsyncGenerator ? number : Awaited<ReturnType<F>>

/** What is declared of a function with these arguments and this result. */
export interface AuditedCallOptions<A extends readonly unknown[], R> {
  /** Identifier of what is touched: a string, a number, or a list of at most 20. Stored as tokens. */
  readonly id?: (...given: A) => unknown
  /** Identifiers of the people whose data it is. Stored as pseudonyms. */
  readonly subject?: (...given: A) => unknown
  /** Identifier of the target's owner. Stored as a token. */
  readonly owner?: (...given: A) => unknown
  /** The identifier where only the result has it: of what was created, or found. */
  readonly resultId?: (result: R, ...given: A) => unknown
  /** The people where only the result has them. */
  readonly resultSubject?: (result: R, ...given: A) => unknown
  /** How many records were touched: a count, or `{ records, bytes }`. Default, of a generator: how many values it gave. */
  readonly volume?: (result: R, ...given: A) => unknown
  /** Values the event's definition allows. */
  readonly metadata?: (result: R, ...given: A) => unknown
  readonly purpose?: string | ((...given: A) => unknown)
  readonly ticket?: string | ((...given: A) => unknown)
  readonly legalBasis?: string | ((...given: A) => unknown)
  /** Your name of the data's class: `special_category`. */
  readonly class?: string
  /** The catalogue's event, or one of your own, where it is not the verb's. */
  readonly event?: string
  /** The audit to record with. Default: the one that follows the request, else the process's own. */
  readonly audit?: Audit
}

/** What any function may be declared with; whether it fits is known when there is one. */
export interface AnyCallOptions extends AuditedCallOptions<never[], never> {
  /** The function is not `async` and returns a promise all the same: an attempt of class `block` is waited for. */
  readonly promise?: true
}

/** `never` unless the questions can be asked of `F`. */
type Fitting<F extends AnyCall, O> =
  O extends AuditedCallOptions<Parameters<F>, ResultOf<F>>
    ? O extends { readonly promise: true }
      ? ReturnType<F> extends PromiseLike<unknown>
        ? unknown
        : never
      : unknown
    : never

/** What a standard decorator is told of a method. */
interface MethodContext {
  readonly kind: 'method'
  readonly name: string | symbol
}

/** A wrapper of functions, and a decorator of methods in both dialects. What comes out has the type of what went in. */
export interface AuditedCall<O> {
  <F extends AnyCall>(call: F & Fitting<F, O>): F
  <F extends AnyCall>(method: F & Fitting<F, O>, context: MethodContext): F
  <F extends AnyCall>(
    target: object,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<F & Fitting<F, O>>,
  ): TypedPropertyDescriptor<F & Fitting<F, O>>
}

/** A member that does not exist does not compile. */
type Known<O> = { readonly [K in Exclude<keyof O, keyof AnyCallOptions>]: never }

/** Declares what a function does. Throws an `AuditError` for options that cannot be right. See `audited`. */
export type DeclareCall = <const O extends AnyCallOptions = Record<never, never>>(
  resource: string,
  options?: O & Known<O>,
) => AuditedCall<O>

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

export { isDecorating }

function declaring(verb: AccessVerb): DeclareCall {
  return (resource, options) => callAudited(verb, resource, options ?? {})
}

/** For adapters, whose `audited` values are middleware as well: the same of options whose types were checked before. */
export function callAudited<O>(verb: AccessVerb, resource: string, options: object): AuditedCall<O> {
  const name = `audited.${verb}`
  const declared: DeclaredCall = { verb, resource, options: checked(name, resource, options) }
  checkStatement(`${name}(${JSON.stringify(resource)})`, { kind: 'access', ...declared })
  const made = (...given: unknown[]): unknown => decorate(name, given, (call) => followCalls(declared, call))
  return made as AuditedCall<O>
}

function checked(name: string, resource: string, options: object): CallOptions {
  const { audit, promise, resultId, resultSubject, ...others }: CallOptions = options
  checkAccessOptions(name, resource, others)
  const call = `${name}(${JSON.stringify(resource)})`
  for (const [member, value] of Object.entries({ resultId, resultSubject } satisfies Record<
    string,
    CallQuestion | undefined
  >)) {
    if (value !== undefined && typeof value !== 'function')
      throw new AuditError('AUDIT_OPTION_INVALID', `${call}: ${member} must be a function`)
  }
  if (promise !== undefined && promise !== true)
    throw new AuditError('AUDIT_OPTION_INVALID', `${call}: promise must be true`)
  if (audit !== undefined && !isAudit(audit))
    throw new AuditError('AUDIT_OPTION_INVALID', `${call}: audit must be made by createAudit()`)
  return options
}

function isAudit(audit: unknown): boolean {
  try {
    return typeof audit === 'object' && audit !== null && runtimeOf(audit) !== undefined
  } catch {
    return false
  }
}
