/**
 * The inside of an audit, for `core/http` alone: what following a request needs and an application must not reach.
 *
 * Also the place where a request in progress is found again, by its context or by the request object, so that `record()`
 * can say who and where. The table of contexts stands on one symbol slot: two copies of this package see the same requests.
 */
import type { Clock } from './clock.ts'
import type { Configuration } from './configuration.ts'
import { giveView, type RequestContext, viewGivenTo } from './context.ts'
import type { CoverageRegister } from './coverage.ts'
import type { DecisionRegister } from './decision.ts'
import type { ExchangeFacts } from './draft.ts'
import type { ActorInput, Category, EventDefinition, EventInput, FailureClass, Phase } from './event.ts'
import type { SafeError } from './fault/safe-error.ts'
import type { Counts } from './health.ts'
import type { Receipt } from './receipt.ts'
import type { Scrubber } from './scrub/scrubber.ts'

/** What the terminal line of one request says; the same facts as a record's, and nothing of who acted. */
export interface AccessLine extends ExchangeFacts {
  /** True: not the end yet; the line is `http_request_open`. */
  readonly opening?: boolean
  readonly error?: SafeError
}

/** What `recordIn()` may be told besides the event. */
export interface RecordExtra {
  readonly actor?: ActorInput
  /** The error behind the event, in any shape: only its safe skeleton is written. */
  readonly error?: unknown
  readonly operationId?: string
  readonly phase?: Phase
  /** The record stands for so many events of one kind. */
  readonly aggregate?: { readonly count: number; readonly startMs: number; readonly endMs: number }
}

export interface Runtime {
  readonly options: Configuration
  /** True from the call of `close()` on: records are refused. */
  readonly closed: boolean
  readonly clock: Clock
  readonly coverage: CoverageRegister
  readonly counts: Counts
  /** Records an event of one known exchange. Never throws and never blocks. */
  recordIn(exchange: ExchangeFacts | undefined, type: string, event: EventInput, extra?: RecordExtra): Receipt
  /** The failure class the policy gives an event in this exchange, `none` where it is not recorded: whether to wait. */
  failureClass(
    exchange: ExchangeFacts | undefined,
    type: string,
    event: EventInput,
    extra?: RecordExtra,
  ): FailureClass | 'none'
  /**
   * False where an event of this name is of class `block` in no request whatever the policy looks at: then nobody needs to
   * ask `failureClass`. True for a name that nobody knows. Never throws.
   */
  mayBlock(type: string): boolean
  /** True where a rule of the policy names this event and wants it: for what is recorded on demand only. Never throws. */
  isAskedFor(exchange: ExchangeFacts | undefined, type: string, event: EventInput, extra?: RecordExtra): boolean
  /** Where decisions of guards and policy engines are told, each once. */
  readonly decisions: DecisionRegister
  /** Of an event that may be recorded, by its name or an alias; undefined for one that nobody knows. */
  readonly definitionOf: (type: string) => EventDefinition | undefined
  /** Writes the terminal (or opening) line of one request to the operational stream. Never throws. */
  accessLine(line: AccessLine): void
  /** Tells the operator something, at most once per code in this process. */
  notice(code: string, message: string): void
  /** What every text and value passes before it is written where no schema describes it. */
  readonly scrubber: Scrubber
  safeError(error: unknown): SafeError
  /** The keyed token of a value, for what must stay comparable and may not be read: a rejected request id. */
  tokenOf(purpose: string, value: string): string
  /** From now on `health().weak` names this. */
  weaken(name: string): void
  /** Calls `work` before the last records are made: whatever was still being counted is to be recorded now. */
  beforeEnd(work: () => void): void
  /** Outside production, on a terminal: prints the raw error there alone, marked. Elsewhere does nothing. */
  showRawError(error: unknown, requestId?: string): void
}

/** A request in progress, as far as records need it; `core/http` makes one per request and calls `rememberView`. */
export interface ExchangeView {
  readonly context: RequestContext
  /** Asked when a record is made: what is known by then. */
  facts(): ExchangeFacts
  actor(): ActorInput | undefined
  /** Whether it follows this very object, where it was found on one. */
  isOf?(request: object): boolean
  /** Told after the application recorded an event in this request, so that automatic ones can be left out. */
  recorded(category: Category, type: string): void
}

const RUNTIME = Symbol.for('@trailmark/core/runtime/1')

/** The runtime of an audit. Throws a TypeError for anything that `createAudit()` did not make. */
export function runtimeOf(audit: object): Runtime {
  const runtime: unknown = Reflect.get(audit, RUNTIME)
  if (runtime === undefined) throw new TypeError('not an audit made by createAudit()')
  return runtime as Runtime
}

/** For `audit.ts`: makes `runtimeOf(audit)` find `runtime`. */
export function giveRuntime(audit: object, runtime: Runtime): void {
  Object.defineProperty(audit, RUNTIME, { value: runtime })
}

/** On Node's own requests: a table of requests would slow down every collection of young objects. */
const VIEW = Symbol.for('@trailmark/core/exchange/1')
/** Of other objects that stand for a request. */
const VIEWS = Symbol.for('@trailmark/core/exchanges/1')

interface Viewed {
  [VIEW]?: ExchangeView
  toString(): string
}

function exchanges(): WeakMap<object, ExchangeView> {
  const found: unknown = Reflect.get(globalThis, VIEWS)
  if (found instanceof WeakMap) return found
  const made = new WeakMap<object, ExchangeView>()
  Object.defineProperty(globalThis, VIEWS, { value: made })
  return made
}

const views = exchanges()

/** From now on records made inside `view.context`, or with Node's own `request` named, find this exchange. */
export function rememberExchange(view: ExchangeView, request: Viewed): void {
  giveView(view.context, view)
  request[VIEW] = view
}

/** The same for whatever else stands for a request: nothing is written to it. */
export function rememberView(view: ExchangeView, request: object): void {
  giveView(view.context, view)
  views.set(request, view)
}

/** The exchange of a context, if `core/http` follows it. */
export function findView(context: RequestContext): ExchangeView | undefined {
  const view = viewGivenTo(context)
  return isView(view) ? view : undefined
}

/** Another copy of this package may have made it. */
function isView(value: unknown): value is ExchangeView {
  return typeof value === 'object' && value !== null && 'facts' in value && 'context' in value
}

/**
 * The exchange of a request object: its context, Node's own, or a framework's that keeps it as `raw` (Fastify) or `req`
 * (Koa).
 * Anything else, hostile objects included, is simply not found.
 */
export function findViewOf(request: object): ExchangeView | undefined {
  try {
    const direct = viewOf(request)
    if (direct !== undefined) return direct
    const raw: unknown = Reflect.get(request, 'raw') ?? Reflect.get(request, 'req')
    return typeof raw === 'object' && raw !== null ? viewOf(raw) : undefined
  } catch {
    return undefined
  }
}

function viewOf(request: Viewed): ExchangeView | undefined {
  // Its own: an object that was derived from a request is another one.
  if (Object.hasOwn(request, VIEW)) {
    const view = request[VIEW]
    // A copy of a request has the property, too, and is another request.
    return isView(view) && view.isOf?.(request) !== false ? view : undefined
  }
  const view = viewGivenTo(request) ?? views.get(request)
  return isView(view) ? view : undefined
}
