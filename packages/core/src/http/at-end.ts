/**
 * Work to do when the exchange in progress ends, before what its answer owes is recorded: for whoever can judge what they saw
 * only once the whole request is over. A token that one key refuses and the next accepts was never invalid.
 */
import { currentContext } from '../context.ts'
import type { Completion } from '../draft.ts'
import { findView, findViewOf } from '../runtime.ts'

/** How an exchange ended. */
export interface ExchangeEnd {
  readonly status?: number | undefined
  readonly completion?: Completion | undefined
}

/** Told once. What it throws is dropped. */
export type EndWork = (end: ExchangeEnd) => void

/** An exchange that tells when it ends. */
export interface Ending {
  /** False when it has ended already: then nobody will be told. */
  atEnd(work: EndWork): boolean
}

/**
 * Runs `work` when the exchange ends that follows `request`, else the one in progress. False where there is none, or it has
 * ended already: then `work` is not called and the caller decides.
 */
export function atEnd(work: EndWork, request?: object): boolean {
  const context = currentContext()
  const view =
    (request === undefined ? undefined : findViewOf(request)) ?? (context === undefined ? undefined : findView(context))
  return view !== undefined && isEnding(view) && view.atEnd(work)
}

function isEnding(view: object): view is Ending {
  return 'atEnd' in view
}
