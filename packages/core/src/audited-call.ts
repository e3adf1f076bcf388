/**
 * The value behind `audited.read('patient', { … })` where it wraps a function or decorates a method: its types, which check the
 * questions against the function, and what of its options can only be checked at run time.
 */
import type { Audit } from './audit.ts'
import { decorate, isDecorating } from './capture/decorate.ts'
import { type CallOptions, type DeclaredCall, followCalls } from './declared-call.ts'
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
export type Known<O> = { readonly [K in Exclude<keyof O, keyof AnyCallOptions>]: never }

/** Declares what a function does. Throws an `AuditError` for options that cannot be right. See `audited`. */
export type DeclareCall = <const O extends AnyCallOptions = Record<never, never>>(
  resource: string,
  options?: O & Known<O>,
) => AuditedCall<O>

/** The same of options whose types were checked before. */
export function callAudited<O>(verb: AccessVerb, resource: string, options: object): AuditedCall<O> {
  const name = `audited.${verb}`
  const declared: DeclaredCall = { verb, resource, options: checked(name, resource, options) }
  checkStatement(`${name}(${JSON.stringify(resource)})`, { kind: 'access', ...declared })
  const made = (...given: unknown[]): unknown => decorate(name, given, (call) => followCalls(declared, call))
  return made as AuditedCall<O>
}

/** What only a function can be declared with: a route has no result, and its audit is the one that follows it. */
const ofCalls = ['audit', 'promise', 'resultId', 'resultSubject']

/**
 * For adapters: the middleware that `make` makes, which wraps functions and decorates methods as well, told apart by what it is
 * called with. With options that only a function can have it is no middleware, and `make` is not called.
 */
export function callAuditedOr<O, M extends object>(
  verb: AccessVerb,
  resource: string,
  options: object,
  make: () => M & ((...given: never[]) => unknown),
): AuditedCall<O> & M {
  const forCalls = isObject(options) && ofCalls.some((name) => name in options)
  const middleware = forCalls ? undefined : make()
  let call: AuditedCall<O> | undefined = forCalls ? callAudited(verb, resource, options) : undefined
  // Three parameters: a framework that counts them must take it for a middleware.
  const made = (first: unknown, second: unknown, third: unknown): unknown => {
    const given = [first, second, third]
    if (middleware !== undefined && !isDecorating(first, second)) return Reflect.apply(middleware, undefined, given)
    call ??= callAudited(verb, resource, options)
    return Reflect.apply(call, undefined, given)
  }
  return made as unknown as AuditedCall<O> & M
}

function checked(name: string, resource: string, options: object): CallOptions {
  if (!isObject(options)) throw new AuditError('AUDIT_OPTION_INVALID', `${name}: its options must be an object`)
  const { audit, promise, resultId, resultSubject, ...others }: CallOptions = options
  checkAccessOptions(name, resource, others)
  const call = `${name}(${JSON.stringify(resource)})`
  for (const [member, value] of Object.entries({ resultId, resultSubject })) {
    if (value !== undefined && typeof value !== 'function')
      throw new AuditError('AUDIT_OPTION_INVALID', `${call}: ${member} must be a function`)
  }
  if (promise !== undefined && promise !== true)
    throw new AuditError('AUDIT_OPTION_INVALID', `${call}: promise must be true`)
  if (audit !== undefined && !isAudit(audit))
    throw new AuditError('AUDIT_OPTION_INVALID', `${call}: audit must be made by createAudit()`)
  return options
}

/** Where there are no types, anything may come. */
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function isAudit(audit: unknown): boolean {
  try {
    return typeof audit === 'object' && audit !== null && runtimeOf(audit) !== undefined
  } catch {
    return false
  }
}
