/**
 * Reports that belong to no open exchange: of jobs, of scripts, and of work that goes on after its answer was sent.
 *
 * They are folded for a second by context, table and verb, because a job reads row by row. What is left when the audit ends
 * is recorded then.
 */
import type { RequestContext } from '../context.ts'
import type { PersonalTable } from '../data-options.ts'
import type { ExchangeFacts } from '../draft.ts'
import { findView, type Runtime } from '../runtime.ts'
import { AccessFold, eventFor, type FoldedAccess } from './access-below-fold.ts'
import { type AccessBelow, isReportTaker } from './access-below-report.ts'

const windowMs = 1_000
/** Contexts that are told apart in a second; beyond, what there is is recorded at once. */
const contextsMax = 1_000

const folds = new WeakMap<Runtime, Elsewhere>()

/** Counts a report that no open exchange takes. */
export function foldElsewhere(
  runtime: Runtime,
  access: AccessBelow,
  table: PersonalTable,
  context: RequestContext | undefined,
): void {
  let fold = folds.get(runtime)
  if (fold === undefined) {
    fold = new Elsewhere(runtime)
    folds.set(runtime, fold)
  }
  fold.add(access, table, context)
}

class Elsewhere {
  readonly #runtime: Runtime
  readonly #byContext = new Map<RequestContext | undefined, AccessFold>()
  #timer: NodeJS.Timeout | undefined

  constructor(runtime: Runtime) {
    this.#runtime = runtime
    runtime.beforeEnd(() => this.flush())
  }

  add(access: AccessBelow, table: PersonalTable, context: RequestContext | undefined): void {
    let fold = this.#byContext.get(context)
    if (fold === undefined) {
      if (this.#byContext.size >= contextsMax) this.flush()
      fold = new AccessFold()
      this.#byContext.set(context, fold)
    }
    const line = fold.add(access, table, this.#runtime.clock.now())
    this.#timer ??= setTimeout(() => this.flush(), windowMs).unref()
    // What follows an answer is mostly one callback that came late: it need not wait to see whether others come.
    if (line === undefined || line.told || context === undefined || findView(context) === undefined) return
    this.#record(line, context)
    line.restart()
  }

  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const all = [...this.#byContext]
    this.#byContext.clear()
    for (const [context, fold] of all) {
      for (const line of fold.take(({ calls }) => calls > 0)) this.#record(line, context)
    }
  }

  #record(line: FoldedAccess, context: RequestContext | undefined): void {
    const view = context === undefined ? undefined : findView(context)
    const facts = view?.facts() ?? (context === undefined ? undefined : idsOf(context))
    const actor = view?.actor()
    const undeclared =
      view !== undefined && isReportTaker(view) && facts !== undefined && view.tellDrift(line.table, facts)
    const { type, event } = eventFor(
      line,
      this.#runtime.options.data?.bulkRecords ?? Number.POSITIVE_INFINITY,
      undeclared,
    )
    const { calls: count, startMs, endMs } = line
    this.#runtime.recordIn(facts, type, event, {
      ...(actor === undefined ? {} : { actor }),
      ...(count > 1 ? { aggregate: { count, startMs, endMs } } : {}),
    })
  }
}

/** The ids of a context that no adapter follows. */
function idsOf({ requestId, traceId, spanId, traceFlags, remote }: RequestContext): ExchangeFacts {
  return { requestId, traceId, spanId, traceFlags, remote }
}
