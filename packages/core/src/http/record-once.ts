/**
 * One record for one thing that happened, however many libraries saw it: a login is seen by the strategy, by the session and
 * by the route that declared it.
 */
import type { Audit } from '../audit.ts'
import type { BuiltInEvent } from '../catalogue.ts'
import { currentContext, type RequestContext } from '../context.ts'
import type { EventInput } from '../event.ts'
import type { Receipt } from '../receipt.ts'
import { findViewOf } from '../runtime.ts'

const TOLD = Symbol.for('@trailmark/core/told/1')

function table(): WeakMap<RequestContext, Set<string>> {
  const found: unknown = Reflect.get(globalThis, TOLD)
  if (found instanceof WeakMap) return found
  const made = new WeakMap<RequestContext, Set<string>>()
  Object.defineProperty(globalThis, TOLD, { value: made })
  return made
}

const told = table()

/**
 * Records `type` unless something with this `key` was recorded in the same request before; then undefined. The request is
 * `event.request`, else the one in progress; outside any request it is always recorded. Never throws.
 *
 *     recordOnce(auditFor(options.audit, req), 'login', 'login_success', { request: req, actor: { id } })
 */
export function recordOnce(audit: Audit, key: string, type: BuiltInEvent, event: EventInput): Receipt | undefined {
  return claim(key, event.request) ? recordDynamic(audit, type, event) : undefined
}

/** True for the first who asks with this key in a request, and always outside of one. */
export function claim(key: string, request?: object): boolean {
  const context = (request === undefined ? undefined : findViewOf(request)?.context) ?? currentContext()
  if (context === undefined) return true
  const keys = told.get(context) ?? new Set()
  told.set(context, keys)
  if (keys.has(key)) return false
  keys.add(key)
  return true
}

/** `audit.record()` for a type that is known only at run time; the masker checks what the compiler could not. */
export function recordDynamic(audit: Audit, type: string, event: EventInput): Receipt {
  return Reflect.apply(audit.record, audit, [type, event])
}
