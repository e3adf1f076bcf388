/**
 * Follows the calls of a function that touches data: what `audited.read('patient', { … })` wraps or decorates.
 *
 * A call is recorded when it has ended, in the request it was made in, with the outcome it had for its caller. In class
 * `block` its attempt is durable before its body runs; only an async function can wait for that.
 */
import { types } from 'node:util'
import type { Audit } from './audit.ts'
import { originalOf } from './capture/decorate.ts'
import { catalogue, findEvent } from './catalogue.ts'
import { currentContext, type RequestContext, runInContext } from './context.ts'
import { AuditError } from './errors.ts'
import type { EventInput } from './event.ts'
import { followGenerator } from './follow-generator.ts'
import { type AccessEnd, DeclaredAccess, eventOf } from './http/access.ts'
import { isReportTaker } from './http/access-below-report.ts'
import { isDurableInTime } from './http/admission.ts'
import { Asker } from './http/ask.ts'
import { auditFor } from './http/audit-for.ts'
import { titleOfAccess } from './http/declare.ts'
import type { AccessVerb } from './http/exchange.ts'
import { recordDynamic } from './http/record-once.ts'
import { uuidv7 } from './id.ts'
import type { Receipt } from './receipt.ts'
import { findView, type Runtime, runtimeOf } from './runtime.ts'
import { type CallEnd, watchCall } from './watch-call.ts'

/** One question about a call, asked with what the function was called with, and with its `this`. */
export type CallQuestion = (...given: never[]) => unknown

/** What is declared of a function, before its types are known. */
export interface DeclaredCall {
  readonly verb: AccessVerb
  readonly resource: string
  readonly options: CallOptions
}

export interface CallOptions {
  readonly id?: CallQuestion
  readonly subject?: CallQuestion
  readonly owner?: CallQuestion
  readonly resultId?: CallQuestion
  readonly resultSubject?: CallQuestion
  readonly volume?: CallQuestion
  readonly metadata?: CallQuestion
  readonly purpose?: string | CallQuestion
  readonly ticket?: string | CallQuestion
  readonly legalBasis?: string | CallQuestion
  readonly class?: string
  readonly event?: string
  readonly promise?: true
  readonly audit?: Audit
}

type Call = (this: unknown, ...given: unknown[]) => unknown

/**
 * A function that does what `call` does, and is recorded. Throws `AUDIT_OPTION_INVALID` for a function whose event is of class
 * `block` and that cannot wait for its attempt.
 */
export function followCalls(declared: DeclaredCall, call: Call): Call {
  const written = originalOf(call)
  const generates = types.isGeneratorFunction(written)
  const async = types.isAsyncFunction(written)
  const waits = async || declared.options.promise === true
  const type = declared.options.event ?? eventOf[declared.verb]
  if (!waits && findEvent(catalogue, type)?.definition.failureClass === 'block') {
    const named = call.name === '' ? 'a function without a name' : call.name
    const problem = `audited.${declared.verb}: ${type} is of class block, and ${named} cannot wait for its attempt; make it async, or say \`promise: true\` where it returns a promise`
    throw new AuditError('AUDIT_OPTION_INVALID', problem)
  }
  return function (this: unknown, ...given: unknown[]): unknown {
    const one = new FollowedCall(declared, this, given)
    const run = (): unknown => Reflect.apply(call, this, given)
    if (generates) {
      const generator = run()
      followGenerator(generator, { begun: () => one.begin(async), ended: (end, n) => one.end(end, n) })
      return generator
    }
    const held = one.begin(waits)
    if (held !== undefined) return held.then(() => watchCall(run, (end) => one.end(end)))
    return watchCall(run, (end) => {
      // A plain function may hand out a generator: what is read of it is what counts.
      const read =
        !end.failed && followGenerator(end.value, { begun: () => undefined, ended: (how, n) => one.end(how, n) })
      if (!read) one.end(end)
    })
  }
}

class FollowedCall {
  readonly #audit: Audit
  readonly #runtime: Runtime
  readonly #context: RequestContext | undefined = currentContext()
  readonly #access: DeclaredAccess
  readonly #declared: DeclaredCall
  readonly #self: unknown
  readonly #given: readonly unknown[]
  #over = false

  constructor(declared: DeclaredCall, self: unknown, given: readonly unknown[]) {
    const { verb, resource, options } = declared
    this.#audit = auditFor(options.audit)
    this.#runtime = runtimeOf(this.#audit)
    this.#declared = declared
    this.#self = self
    this.#given = given
    this.#access = new DeclaredAccess(verb, resource, options, this.#asker(given))
  }

  #asker(asked: readonly unknown[]): Asker {
    return new Asker(titleOfAccess(this.#declared.resource), this.#runtime, this.#self, asked)
  }

  /**
   * The attempt, where one is owed. A promise resolves once it is durable, and rejects with `AUDIT_ATTEMPT_REFUSED` if that
   * is not so in time; whoever cannot wait goes on, which is told once.
   */
  begin(waits: boolean): undefined | Promise<void> {
    const { type } = this.#access
    if (!this.#runtime.mayBlock(type)) return undefined
    const attempt = this.#access.attempt()
    const view = this.#context && findView(this.#context)
    const actor = view?.actor()
    const facts = view?.facts()
    if (this.#runtime.failureClass(facts, type, attempt, actor && { actor }) !== 'block') return undefined
    const operationId = uuidv7(this.#runtime.clock.now())
    this.#access.operationId = operationId
    attempt.operationId = operationId
    attempt.phase = 'attempt'
    const receipt = this.#record(attempt)
    if (waits) return this.#admit(receipt)
    this.#runtime.notice(
      'ATTEMPT_NOT_AWAITED',
      `${type} is of class block here, and a function that is not async is audited as one: its attempt is recorded, and its body runs before that is durable`,
    )
    return undefined
  }

  async #admit(receipt: Receipt): Promise<void> {
    if (await isDurableInTime(receipt, this.#runtime.options.limits.holdMs)) return
    this.#access.refused = true
    const message = `the attempt of ${this.#access.type} was not durable in time; nothing was done`
    // What every framework looks at: where nobody catches it, the client may try again later.
    const error = Object.assign(new AuditError('AUDIT_ATTEMPT_REFUSED', message), { status: 503, statusCode: 503 })
    this.end({ error, failed: true })
    throw error
  }

  /** Once; `yielded` is how many values a generator gave, which is its result and its volume. */
  end(end: CallEnd, yielded?: number): void {
    if (this.#over) return
    this.#over = true
    // A call that failed has no result to ask about; what a generator gave before it failed counts all the same.
    if (yielded !== undefined) this.#access.results = this.#asker([yielded, ...this.#given])
    else if (!end.failed) this.#access.results = this.#asker([end.value, ...this.#given])
    // What a driver saw of the same data in the meantime is this access, and no second one.
    const view = this.#context && findView(this.#context)
    if (view !== undefined && isReportTaker(view)) view.fill(this.#access)
    const event = this.#access.result(endOf(end))
    if (yielded !== undefined) event.volume ??= { records: yielded }
    const { operationId } = this.#access
    if (operationId !== undefined) {
      event.operationId = operationId
      event.phase = 'result'
    }
    this.#record(event)
  }

  /** In the request of the call, wherever it ends. */
  #record(event: EventInput): Receipt {
    const context = this.#context
    const record = (): Receipt => recordDynamic(this.#audit, this.#access.type, event)
    return context === undefined || context === currentContext() ? record() : runInContext(context, record)
  }
}

/** An error that says its status (404, 403) says how the call ended; of any other it is just that it failed. */
function endOf(end: CallEnd): AccessEnd {
  if (!end.failed) return { status: undefined, completion: 'completed' }
  const status = statusOf(end.error)
  return status === undefined ? { status, completion: 'error' } : { status, completion: 'completed' }
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  try {
    const status: unknown = Reflect.get(error, 'status') ?? Reflect.get(error, 'statusCode')
    return typeof status === 'number' && status >= 400 && status <= 599 ? status : undefined
  } catch {
    return undefined // A getter that throws, or a proxy.
  }
}
