/**
 * Records that strangers cause at will: one each, and above a rate one for many.
 *
 * A limiter exists because somebody sends too much, and a report of a browser can be sent by anybody. Recording each would pass
 * the flood on to the trail, so they are folded like requests for debugging endpoints: beyond ten a minute of one client and
 * rule, a count.
 */
import type { Audit } from '../audit.ts'
import type { BuiltInEvent } from '../catalogue.ts'
import { currentContext } from '../context.ts'
import type { ActorInput, EventInput } from '../event.ts'
import { type ExchangeView, findView, findViewOf, runtimeOf } from '../runtime.ts'
import { DebugFold, type Foldable } from './debug-guard-fold.ts'
import { recordDynamic } from './record-once.ts'

export interface FoldedRecord {
  readonly type: BuiltInEvent
  /** What is counted together where the client is the same, too. At most some hundred different ones in a minute. */
  readonly rule: string
  readonly event: EventInput
  /** What is true of all that are counted together. */
  readonly shared: EventInput
}

interface Waiting extends Foldable {
  readonly record: FoldedRecord
  readonly actor: ActorInput | undefined
}

/**
 * Records the event, or counts it. `request` is any form of the request it is about; without one it is the request in progress,
 * and outside of any it is recorded each time. Never throws for an audit that `createAudit()` made.
 */
export function recordFolded(audit: Audit, record: FoldedRecord, request?: object): void {
  const view = viewOf(request)
  if (view === undefined) {
    recordDynamic(audit, record.type, record.event)
    return
  }
  view.recorded('security', record.type)
  foldOf(audit).add({ rule: `${record.type} ${record.rule}`, record, actor: view.actor() }, view.facts())
}

function viewOf(request: object | undefined): ExchangeView | undefined {
  const named = request === undefined ? undefined : findViewOf(request)
  const ambient = currentContext()
  return named ?? (ambient === undefined ? undefined : findView(ambient))
}

const folds = new WeakMap<Audit, DebugFold<Waiting>>()

function foldOf(audit: Audit): DebugFold<Waiting> {
  const found = folds.get(audit)
  if (found !== undefined) return found
  const runtime = runtimeOf(audit)
  const made = new DebugFold<Waiting>(runtime.clock, ({ record, actor }, facts, folded) => {
    // Who the first of many was says nothing of the others.
    const extra = folded === undefined ? (actor === undefined ? {} : { actor }) : { aggregate: folded }
    runtime.recordIn(facts, record.type, folded === undefined ? record.event : record.shared, extra)
  })
  runtime.beforeEnd(() => made.flush())
  folds.set(audit, made)
  return made
}
