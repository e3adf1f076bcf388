/**
 * One exchange while it lives: what is known of the request, and, once, what is to be said of it at its end.
 *
 * Ids and facts are held by this object and never read from the ambient context, so that an abort, a timeout or a pooled
 * callback cannot lend it another request's name. `finish()` may be called from several sides; the first one counts.
 */
import type { Audit } from '../audit.ts'
import type { ClientAddress } from '../capture/client-ip.ts'
import { type RequestContext, runInContext } from '../context.ts'
import type { Completion, ExchangeFacts } from '../draft.ts'
import { AuditError } from '../errors.ts'
import type { ActorInput, Category } from '../event.ts'
import { uuidv7 } from '../id.ts'
import type { Receipt } from '../receipt.ts'
import type { ExchangeView, Runtime } from '../runtime.ts'
import { DeclaredAccess } from './access.ts'
import { answerProblem } from './answer.ts'
import {
  brokeOff,
  type Carried,
  type Connection,
  clientLeft,
  completionOf,
  drop,
  isClientLeaving,
} from './completion.ts'
import { type AnswerCount, bodyBytes } from './count-bytes.ts'
import { recordOwed } from './decisions.ts'
import type { AccessDeclaration, Exchange, FrameworkView, RawRequest, RawResponse } from './exchange.ts'
import type { Opened, Openings } from './opening.ts'
import { problemFor } from './problem.ts'

const userAgentCharsMax = 512

/** What `followRequest` has found out before the exchange begins. */
export interface LiveExchangeInit {
  readonly audit: Audit
  readonly runtime: Runtime
  readonly req: RawRequest
  readonly res: RawResponse
  readonly view: FrameworkView
  readonly context: RequestContext
  readonly client: ClientAddress
  readonly connection: Connection | undefined
  readonly received: { readonly bytes: number } | undefined
  readonly answered: AnswerCount
  readonly openings: Openings
  /** True when the terminal line of this request was written before the framework saw it. */
  readonly told?: boolean
}

export class LiveExchange implements Exchange, ExchangeView, Carried, Opened {
  readonly audit: Audit
  readonly context: RequestContext
  readonly startedMs: number
  timedOut = false
  readonly #init: LiveExchangeInit
  #error: { readonly thrown: unknown } | undefined
  /** Categories of what the application recorded itself in this exchange. */
  readonly #told = new Set<Category>()
  readonly #accesses: DeclaredAccess[] = []
  /** The trail itself refused the request. */
  #refused = false
  #upgraded = false
  #finished = false

  constructor(init: LiveExchangeInit) {
    this.#init = init
    this.audit = init.audit
    this.context = init.context
    this.startedMs = init.runtime.clock.monotonic()
  }

  run<T>(work: () => T): T {
    return runInContext(this.context, work)
  }

  fail(error: unknown): void {
    // Body parsers report a client that left as an error of their own making.
    if (!clientLeft(this.#init.req)) this.#error ??= { thrown: error }
  }

  declare(access: AccessDeclaration): undefined | Promise<boolean> {
    const declared = new DeclaredAccess(access)
    this.#accesses.push(declared)
    const { runtime } = this.#init
    const facts = this.facts()
    const attempt = declared.attempt()
    const actor = this.actor()
    const who = actor === undefined ? {} : { actor }
    if (runtime.failureClass(facts, declared.type, attempt, who) !== 'block') return undefined
    const operationId = uuidv7(runtime.clock.now())
    declared.operationId = operationId
    const receipt = runtime.recordIn(facts, declared.type, attempt, { ...who, operationId, phase: 'attempt' })
    return this.#admit(declared, receipt)
  }

  /** True once the attempt is durable; false after the request was refused because it was not. */
  async #admit(declared: DeclaredAccess, receipt: Receipt): Promise<boolean> {
    if (await isDurableInTime(receipt, this.#init.runtime.options.limits.holdMs)) return true
    declared.refused = true
    this.#refused = true
    const { req, res } = this.#init
    const detail = 'The record of this attempt could not be made durable. Nothing was done.'
    answerProblem(req, res, problemFor(undefined, this.context.requestId, 503, detail))
    return false
  }

  answerError(error: unknown): void {
    this.fail(error)
    const { req, res } = this.#init
    answerProblem(req, res, problemFor(error, this.context.requestId, res.statusCode))
  }

  recorded(category: Category): void {
    this.#told.add(category)
  }

  actor(): ActorInput | undefined {
    const { runtime, req, view } = this.#init
    return ask(() => runtime.options.actor?.(req)) ?? ask(() => view.actor())
  }

  facts(): ExchangeFacts {
    return this.#facts(undefined)
  }

  #facts(completion: Completion | undefined): ExchangeFacts {
    const { req, res, view, client, received, answered, runtime } = this.#init
    const { context } = this
    const ended = completion !== undefined
    return {
      requestId: context.requestId,
      traceId: context.traceId,
      spanId: context.spanId,
      traceFlags: context.traceFlags,
      remote: context.remote,
      clientAddress: client.address,
      peerAddress: client.peer,
      trustedHops: client.trustedHops,
      userAgent: userAgentOf(req),
      http: {
        method: methodOf(req),
        route: ask(() => view.route()),
        // Before the headers are out a response says 200 whatever will become of it.
        status: completion === 'upgraded' ? 101 : res.headersSent ? res.statusCode : undefined,
        durationMs: ended ? roundMs(runtime.clock.monotonic() - this.startedMs) : undefined,
        reqBytes: ended ? bodyBytes(req, received) : undefined,
        resBytes: ended ? answerBytes(req, res, answered) : undefined,
        completion,
      },
    }
  }

  tellOpening(): void {
    if (!this.#finished) this.#init.runtime.accessLine({ ...this.facts(), opening: true })
  }

  /** The connection left HTTP behind: what follows on it is no answer of this exchange, which ends here. */
  upgrade(): void {
    this.#upgraded = true
    this.finish()
  }

  finish(): void {
    if (this.#finished) return
    this.#finished = true
    const { req, res, connection, openings, runtime } = this.#init
    if (connection !== undefined) drop(connection, this)
    openings.remove(this)
    this.#error ??= brokeOff(res)
    const completion = this.#upgraded
      ? 'upgraded'
      : completionOf({ req, res, connection, timedOut: this.timedOut, error: this.#error })
    const facts = this.#facts(completion)
    this.#recordAccesses(facts, completion)
    this.#recordOwed(facts, completion)
    if (this.#init.told === true) return
    const error = this.#failure()
    runtime.accessLine(error === undefined ? facts : { ...facts, error: runtime.safeError(error) })
  }

  /** What was thrown, unless it only says that the client left. */
  #failure(): unknown {
    const error = this.#error?.thrown
    return isClientLeaving(error) ? undefined : error
  }

  #recordAccesses(facts: ExchangeFacts, completion: Completion): void {
    if (this.#accesses.length === 0) return
    const { runtime } = this.#init
    const actor = this.actor()
    for (const access of this.#accesses) {
      const { operationId } = access
      runtime.recordIn(facts, access.type, access.result({ status: facts.http?.status, completion }), {
        ...(actor === undefined ? {} : { actor }),
        ...(operationId === undefined ? {} : { operationId, phase: 'result' }),
      })
    }
  }

  /** Decisions and failures that the answer shows; unless the application has told them, or the trail itself refused. */
  #recordOwed(facts: ExchangeFacts, completion: Completion): void {
    if (this.#refused) return
    const { runtime, req } = this.#init
    const broken = completion === 'error'
    const status = broken ? Math.max(facts.http?.status ?? 500, 500) : facts.http?.status
    if (status === undefined || status < 400) return
    const actor = this.actor()
    const owed = recordOwed(status, req, actor, runtime.options.credentials)
    if (owed === undefined || owed.replacedBy.some((category) => this.#told.has(category))) return
    const error = this.#failure()
    const withError = owed.type === 'application_error' && error !== undefined
    runtime.recordIn(facts, owed.type, owed.event, {
      ...(actor === undefined ? {} : { actor }),
      ...(withError ? { error } : {}),
    })
    if (withError) runtime.showRawError(error, this.context.requestId)
  }
}

/** Whether the record can be relied on: durable within the deadline, or not owed at all by the policy. Never rejects. */
function isDurableInTime(receipt: Receipt, deadlineMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, deadlineMs, false)
    timer.unref()
    receipt.durable.then(
      () => {
        clearTimeout(timer)
        resolve(true)
      },
      (error: unknown) => {
        clearTimeout(timer)
        resolve(error instanceof AuditError && error.code === 'AUDIT_NOT_RECORDED')
      },
    )
  })
}

/** Cut, because its length is the client's choice. */
export function userAgentOf(req: RawRequest): string | undefined {
  return req.headers['user-agent']?.slice(0, userAgentCharsMax)
}

/** Node allows known methods only in HTTP/1; in HTTP/2 the client may write anything. */
export function methodOf(req: RawRequest): string {
  const { method } = req
  return method !== undefined && /^[A-Z-]{1,20}$/.test(method) ? method : 'OTHER'
}

function answerBytes(req: RawRequest, res: RawResponse, answered: AnswerCount): number {
  const without = req.method === 'HEAD' || res.statusCode === 204 || res.statusCode === 304
  return without ? 0 : answered.bytes
}

function roundMs(ms: number): number {
  return Math.max(0, Math.round(ms * 1_000) / 1_000)
}

/** Asks what belongs to the application: it may throw, and then has no answer. */
function ask<T>(question: () => T | undefined): T | undefined {
  try {
    return question()
  } catch {
    return undefined
  }
}
