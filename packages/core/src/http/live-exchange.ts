/**
 * One exchange while it lives: what is known of the request, and, once, what is to be said of it at its end.
 *
 * Ids and facts are held by this object and never read from the ambient context, so that an abort, a timeout or a pooled
 * callback cannot lend it another request's name. `finish()` may be called from several sides; the first one counts. From
 * then on only the facts are kept: whatever still remembers the context must not keep request and response in memory.
 */
import type { Audit } from '../audit.ts'
import { type RequestContext, runInContext } from '../context.ts'
import type { PersonalTable } from '../data-options.ts'
import type { ExchangeFacts } from '../draft.ts'
import type { ActorInput, Category, EventInput } from '../event.ts'
import { uuidv7 } from '../id.ts'
import type { Receipt } from '../receipt.ts'
import type { RecordExtra, Runtime } from '../runtime.ts'
import { AccessesBelow } from './access-below-exchange.ts'
import type { AccessBelow, ReportTaker } from './access-below-report.ts'
import { plainActor } from './actor.ts'
import { isDurableInTime } from './admission.ts'
import { answerProblem } from './answer.ts'
import { ask } from './ask.ts'
import type { Ending, EndWork, ExchangeEnd } from './at-end.ts'
import {
  brokeOff,
  type Carried,
  type Connection,
  clientLeft,
  completionOf,
  drop,
  tellsOfLeaving,
} from './completion.ts'
import type { DebugBlock } from './debug-guard-patterns.ts'
import type { DebugWatch } from './debug-guard-watch.ts'
import { allowanceOf, recordOwed } from './decisions.ts'
import { declaredFrom } from './declare.ts'
import type { Declared } from './declared.ts'
import { DeclaredLogin, loginKey } from './declared-login.ts'
import type { Declaration, Exchange, FrameworkView } from './exchange.ts'
import { type FactSource, factsOf, routeOf } from './exchange-facts.ts'
import type { Held } from './hold.ts'
import { holdAnswer } from './hold-answer.ts'
import { Listed, type Opened, type Openings } from './opening.ts'
import { permissionIn, permissionOf } from './permission.ts'
import { problemFor } from './problem.ts'
import { claim } from './record-once.ts'

/** What `followRequest` has found out before the exchange begins. */
export interface LiveExchangeInit extends FactSource {
  readonly view: FrameworkView
  readonly connection: Connection | undefined
  readonly openings: Openings
  /** Undefined outside production. */
  readonly guard?: DebugWatch | undefined
  /** True when the terminal line of this request was written before the framework saw it. */
  readonly told?: boolean
}

/** Each is the reason of a refusal, and tells of the 403 behind it. */
const refusals: ReadonlySet<string> = new Set(['rate_limit_exceeded', 'csrf_validation_failed', 'file_upload_rejected'])

/** Most exchanges declare nothing. Never changed. */
const none: Declared[] = []

/** What stays of an exchange. */
interface Ended {
  readonly facts: ExchangeFacts
  readonly actor: ActorInput | undefined
}

export class LiveExchange extends Listed implements Exchange, ReportTaker, Carried, Opened, Ending {
  readonly audit: Audit
  readonly context: RequestContext
  readonly startedMs: number
  timedOut = false
  readonly #runtime: Runtime
  #live: LiveExchangeInit | undefined
  #ended: Ended | undefined
  #error: { readonly thrown: unknown } | undefined
  /** Categories and names of what the application recorded itself in this exchange. */
  #told: Set<string> | undefined
  #accesses: Declared[] = none
  /** What the option `routes` says of this request, until the route itself says something. */
  #configured: Declared | undefined
  /** That rule's route, for a framework that knows none. */
  #template: string | undefined
  /** Access to data that was reported from below the route. */
  #below: AccessesBelow | undefined
  /** The application told itself that somebody was let in. */
  #letIn = false
  /** Set by the first attempt of class `block`. */
  #held: Held | undefined
  /** Those whose results were recorded when the answer was complete. */
  #sealed: Set<Declared> | undefined
  /** The trail itself refused the request. */
  #refused = false
  #upgraded = false
  #block: DebugBlock | undefined
  /** Made when first used: most requests have none. */
  #endWorks: EndWork[] | undefined

  constructor(audit: Audit, runtime: Runtime, init: LiveExchangeInit) {
    super()
    this.audit = audit
    this.context = init.context
    this.startedMs = runtime.clock.monotonic()
    this.#runtime = runtime
    this.#live = init
  }

  isOf(request: object): boolean {
    return this.#live === undefined || this.#live.req === request
  }

  /** What the client asked for, where it is more than the route says. Undefined once the exchange has ended. */
  get target(): string | undefined {
    const url = this.#live?.req.url
    return url === undefined || this.#live === undefined || url === routeOf(this.#live.view) ? undefined : url
  }

  run<T>(work: () => T): T {
    return runInContext(this.context, work)
  }

  fail(error: unknown): void {
    if (this.#live === undefined) return
    const { req, res, connection } = this.#live
    // Body parsers report a client that left as an error of their own making, others with what the socket says.
    if (!clientLeft(req) && !tellsOfLeaving(error, res, connection)) this.#error ??= { thrown: error }
  }

  begin(): undefined | Promise<boolean> {
    const { routes } = this.#runtime.options
    if (routes === undefined || this.#live === undefined) return undefined
    const { req, res, view } = this.#live
    const routed = routes.declare(req, res, () => ask(() => view.body?.()))
    if (routed === undefined) return undefined
    this.#template = routed.template
    const goOn = this.#declare(routed.declaration)
    this.#configured = this.#accesses[this.#accesses.length - 1]
    return goOn
  }

  declare(declaration: Declaration): undefined | Promise<boolean> {
    const configured = this.#configured
    this.#configured = undefined
    // It was recorded when the client left.
    if (configured !== undefined && this.#ended !== undefined) return undefined
    return this.#declare(declaration, configured)
  }

  /** In place of what was `configured` for this request, unless its attempt is on record under another name. */
  #declare(declaration: Declaration, configured?: Declared): undefined | Promise<boolean> {
    const declared = declaredFrom(declaration, this.#runtime, this)
    if (configured !== undefined && (configured.operationId === undefined || configured.type === declared.type)) {
      const at = this.#accesses.indexOf(configured)
      if (at !== -1) this.#accesses.splice(at, 1)
      if (configured.operationId !== undefined) {
        declared.operationId = configured.operationId
        this.#keep(declared)
        return undefined
      }
    }
    // Nearly every event is of a class that nobody waits for, whoever acts and wherever.
    if (this.#ended === undefined && !this.#runtime.mayBlock(declared.type)) {
      this.#keep(declared)
      return undefined
    }
    const facts = this.facts()
    const attempt = declared.attempt()
    const who = this.#whoElse(attempt)
    const blocks = this.#runtime.failureClass(facts, declared.type, attempt, who) === 'block'
    if (blocks) declared.operationId = uuidv7(this.#runtime.clock.now())
    const { operationId } = declared
    const receipt =
      operationId === undefined
        ? undefined
        : this.#runtime.recordIn(facts, declared.type, attempt, { ...who, operationId, phase: 'attempt' })
    // A handler that goes on after its client has left touches the data all the same.
    if (this.#ended === undefined) this.#keep(declared)
    else this.#recordAccess(declared, this.#ended)
    if (blocks) this.#hold()
    return receipt === undefined ? undefined : this.#admit(declared, receipt)
  }

  #keep(declared: Declared): void {
    if (this.#accesses === none) this.#accesses = [declared]
    else this.#accesses.push(declared)
  }

  /** From the first attempt of class `block` on, the complete answer waits for the results. */
  #hold(): void {
    if (this.#held !== undefined || this.#live === undefined) return
    const { req, res } = this.#live
    this.#held = holdAnswer({
      req,
      res,
      runtime: this.#runtime,
      requestId: this.context.requestId,
      results: () => this.#recordResults(),
      refused: () => {
        this.#refused = true
      },
      failed: (error) => this.fail(error),
    })
  }

  /** The answer is complete: what it shows is recorded now, and not when the client has it. */
  #recordResults(): readonly Receipt[] {
    const live = this.#live
    if (live === undefined) return []
    const now = this.facts()
    const facts = { ...now, http: now.http && { ...now.http, status: live.res.statusCode } }
    const receipts: Receipt[] = []
    this.#sealed = new Set()
    for (const access of this.#accesses) {
      if (access.operationId === undefined) continue
      this.#sealed.add(access)
      const receipt = this.#recordAccess(access, { facts, actor: this.actor() }, 'completed')
      if (receipt !== undefined) receipts.push(receipt)
    }
    return receipts
  }

  /** True once the attempt is durable; false after the request was refused because it was not. */
  async #admit(declared: Declared, receipt: Receipt): Promise<boolean> {
    if (await isDurableInTime(receipt, this.#runtime.options.limits.holdMs)) return true
    declared.refused = true
    this.#refused = true
    if (this.#live !== undefined) {
      this.#held?.letGo()
      const detail = 'The record of this attempt could not be made durable. Nothing was done.'
      const problem = problemFor(undefined, this.context.requestId, 503, { detail, outcome: 'not_done' })
      answerProblem(this.#live.req, this.#live.res, problem)
    }
    return false
  }

  answerError(error: unknown): void {
    this.fail(error)
    if (this.#live === undefined) return
    const { req, res } = this.#live
    answerProblem(req, res, problemFor(error, this.context.requestId, res.statusCode))
  }

  atEnd(work: EndWork): boolean {
    if (this.#ended !== undefined) return false
    this.#endWorks ??= []
    this.#endWorks.push(work)
    return true
  }

  blocked(block: DebugBlock): void {
    this.#block = block
  }

  below(access: AccessBelow, table: PersonalTable): boolean {
    if (this.#ended !== undefined) return false
    this.#below ??= new AccessesBelow(this.#runtime)
    this.#below.add(access, table)
    return true
  }

  fill(access: object): void {
    if (this.#runtime.options.data === undefined) return
    this.#below ??= new AccessesBelow(this.#runtime)
    this.#below.fill(access)
  }

  tellDrift(table: PersonalTable, facts: ExchangeFacts): boolean {
    this.#below ??= new AccessesBelow(this.#runtime)
    return this.#below.tellDrift(table, facts)
  }

  recorded(category: Category, type: string): void {
    // That somebody was let in says nothing of a later refusal.
    if (type === 'authz_allow') this.#letIn = true
    else this.#tell(refusals.has(type) ? 'authz' : category).add(type)
    if (type === 'login_success' || type === 'login_failure') claim(loginKey, this.context)
  }

  hasTold(type: string): boolean {
    return this.#told?.has(type) === true
  }

  #tell(name: string): Set<string> {
    this.#told ??= new Set()
    return this.#told.add(name)
  }

  actor(): ActorInput | undefined {
    if (this.#live === undefined) return this.#ended?.actor
    const { req, view } = this.#live
    return plainActor(() => this.#runtime.options.actor?.(req)) ?? plainActor(() => view.actor())
  }

  facts(): ExchangeFacts {
    if (this.#ended !== undefined) return this.#ended.facts
    const live = this.#open()
    return factsOf(live, routeOf(live.view) ?? this.#template)
  }

  tellOpening(): void {
    if (this.#live !== undefined) this.#runtime.accessLine({ ...this.facts(), opening: true })
  }

  /** The connection left HTTP behind: what follows on it is no answer of this exchange, which ends here. */
  upgrade(): void {
    this.#upgraded = true
    this.finish()
  }

  finish(): void {
    const live = this.#live
    if (live === undefined) return
    const { req, res, connection, openings } = live
    this.#held?.closed()
    this.#held = undefined
    if (connection !== undefined) drop(connection, this)
    openings.remove(this)
    this.#error ??= brokeOff(req, res, connection)
    const completion = this.#upgraded
      ? 'upgraded'
      : completionOf({ req, res, connection, timedOut: this.timedOut, error: this.#error })
    const durationMs = this.#runtime.clock.monotonic() - this.startedMs
    const facts = factsOf(live, routeOf(live.view) ?? this.#template, { completion, durationMs })
    const ended = { facts, actor: this.actor() }
    this.#ended = ended
    const accesses = this.#accesses
    this.#accesses = none
    for (const access of accesses) if (this.#sealed?.has(access) !== true) this.#recordAccess(access, ended)
    this.#below?.record(facts, this.#who())
    if (this.#endWorks !== undefined)
      this.#tellEnd(this.#endWorks.splice(0), { status: facts.http?.status, completion })
    this.#recordOwed(live, ended, accesses)
    if (this.#block !== undefined) live.guard?.record(this.#block, facts)
    this.#live = undefined
    if (live.told === true) return
    const error = this.#error?.thrown
    this.#runtime.accessLine(error === undefined ? facts : { ...facts, error: this.#runtime.safeError(error) })
  }

  #tellEnd(works: readonly EndWork[], end: ExchangeEnd): void {
    for (const work of works) ask(() => this.run(() => work(end)))
  }

  #open(): LiveExchangeInit {
    if (this.#live === undefined) throw new Error('an exchange is either open or has ended')
    return this.#live
  }

  #who(): { readonly actor?: ActorInput } {
    const actor = this.#ended === undefined ? this.actor() : this.#ended.actor
    return actor === undefined ? {} : { actor }
  }

  /** Who acts, where the event itself does not say it. */
  #whoElse(event: EventInput): { readonly actor?: ActorInput } {
    return event.actor === undefined ? this.#who() : {}
  }

  #recordAccess(access: Declared, { facts, actor }: Ended, completed?: 'completed'): Receipt | undefined {
    const { status, completion = completed ?? 'aborted' } = facts.http ?? {}
    this.fill(access)
    const event = access.result({ status, completion, actor })
    // Of a refused login the login is the record, whoever made it.
    if (access instanceof DeclaredLogin) this.#tell('authn')
    if (event === undefined) return undefined
    const who = event.actor === undefined && actor !== undefined ? { actor } : nothingElse
    const { operationId } = access
    const extra = operationId === undefined ? who : ({ ...who, operationId, phase: 'result' } as const)
    return this.#runtime.recordIn(facts, access.type, event, extra)
  }

  /** Decisions and failures that the answer shows; unless the application has told them, or the trail itself refused. */
  #recordOwed({ req, view }: LiveExchangeInit, { facts, actor }: Ended, accesses: readonly Declared[]): void {
    if (this.#refused) return
    const { status, completion } = facts.http ?? {}
    // An answer that broke off is a failure, whatever its headers had promised.
    const shown = completion === 'error' ? Math.max(status ?? 500, 500) : status
    const refused = shown === 401 || shown === 403
    if (shown === undefined || (shown < 400 && accesses.length === 0)) return
    const permission = permissionOf(accesses) ?? (refused && accesses.length === 0 ? permissionIn(view) : undefined)
    // Nothing was refused, nothing broke, and nothing says what was needed: as after nearly every request.
    if (shown < 400 && permission === undefined) return
    const owing = { req, actor, credentials: this.#runtime.options.credentials, permission }
    const allowed = this.#letIn ? undefined : allowanceOf(shown, owing)
    if (allowed !== undefined && this.#runtime.isAskedFor(facts, 'authz_allow', allowed, this.#who()))
      this.#runtime.recordIn(facts, 'authz_allow', allowed, this.#who())
    const owed = recordOwed(shown, owing)
    if (owed === undefined || owed.replacedBy.some((category) => this.hasTold(category))) return
    const error = owed.type === 'application_error' ? this.#error?.thrown : undefined
    const withError = error === undefined ? {} : { error }
    this.#runtime.recordIn(facts, owed.type, owed.event, { ...this.#who(), ...withError })
    if (error !== undefined) this.#runtime.showRawError(error, this.context.requestId)
  }
}

/** Most records say no more than their event and who acted. */
const nothingElse: RecordExtra = Object.freeze({})
