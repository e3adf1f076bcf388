/**
 * Turns decisions into records, one for each that is different.
 *
 * Guards ask the same question again and again: a list is filtered row by row, three layers check the same permission. The same
 * answer to the same question within one request is one fact. It is recorded the first time, before whatever it allows happens,
 * and its repetitions add nothing. Another target, another permission or another answer is another fact.
 *
 * What a request can make us remember is bounded, and so is how much it can make us write. Beyond 256 different decisions those
 * of one permission are told together, without their targets; beyond 64 such permissions, all of one effect are. These records
 * say so (`folded`). After a minute a request that lives longer (a socket, a stream) begins anew: whoever is refused every hour
 * is on record every hour.
 */
import { createHash } from 'node:crypto'
import type { Clock } from './clock.ts'
import { currentContext, type RequestContext } from './context.ts'
import type { Decision, DecisionRegister } from './decision.ts'
import type { EventInput } from './event.ts'
import { findView, findViewOf, type RecordExtra, runtimeOf } from './runtime.ts'

export interface RegisterSteps {
  readonly clock: Clock
  readonly record: (type: 'authz_allow' | 'authz_deny', event: EventInput, extra: RecordExtra) => void
}

/** Records a decision with the register of `audit`. Never throws for an audit that `createAudit()` made. */
export function recordDecision(audit: object, decision: Decision): void {
  runtimeOf(audit).decisions.record(decision)
}

const exactMax = 256
const permissionsMax = 64
const windowMs = 60_000
const keyCharsMax = 200

/** What one request, or one turn of the event loop, has told. */
interface Told {
  readonly sinceMs: number
  readonly exact: Set<string>
  readonly permissions: Set<string>
  readonly effects: Set<string>
}

/** How much of a decision is still to be recorded. */
type Detail = 'whole' | 'permission' | 'effect'

export function createDecisionRegister({ clock, record }: RegisterSteps): DecisionRegister {
  const requests = new WeakMap<RequestContext, Told>()
  let turn: Told | undefined

  const toldIn = (context: RequestContext | undefined): Told => {
    const sinceMs = clock.monotonic()
    if (context === undefined) {
      if (turn === undefined) queueMicrotask(() => (turn = undefined))
      turn ??= nothing(sinceMs)
      return turn
    }
    const found = requests.get(context)
    if (found !== undefined && sinceMs - found.sinceMs < windowMs) return found
    const made = nothing(sinceMs)
    requests.set(context, made)
    return made
  }

  return {
    record(decision) {
      try {
        const { request } = decision
        const context = (request === undefined ? undefined : findViewOf(request)?.context) ?? currentContext()
        const detail = claim(toldIn(context), decision)
        if (detail === undefined) return
        const { effect, undecided } = decision
        const extra = undecided === undefined ? {} : { error: undecided.error }
        record(effect === 'allow' ? 'authz_allow' : 'authz_deny', eventOf(decision, detail, context), extra)
      } catch {
        // A decision that cannot be told must still be obeyed; `record` counts what it cannot do.
      }
    },
  }
}

function nothing(sinceMs: number): Told {
  return { sinceMs, exact: new Set(), permissions: new Set(), effects: new Set() }
}

function claim(told: Told, decision: Decision): Detail | undefined {
  const exact = exactKey(decision)
  if (exact === undefined) return 'whole'
  if (told.exact.has(exact)) return undefined
  if (add(told.exact, exact, exactMax)) return 'whole'
  const kind = `${decision.effect} ${decision.undecided !== undefined}`
  const permission = bounded(`${kind} ${decision.permission}`)
  if (told.permissions.has(permission)) return undefined
  if (add(told.permissions, permission, permissionsMax)) return 'permission'
  return told.effects.has(kind) ? undefined : add(told.effects, kind, 4) ? 'effect' : undefined
}

function add(keys: Set<string>, key: string, sizeMax: number): boolean {
  if (keys.size >= sizeMax) return false
  keys.add(key)
  return true
}

/**
 * Everything that makes a decision another one; the engine's own name of it does not. Undefined where a member cannot be
 * written: it is the masker's to judge, and the decision is recorded each time.
 */
function exactKey(decision: Decision): string | undefined {
  const { effect, undecided, permission, policyId, policyVersion, guard, rule, reason, actor } = decision
  const { roles, targets, subjects } = decision
  const said = [effect, undecided !== undefined, permission, policyId, policyVersion, guard, rule, reason, actor?.id]
  try {
    // Quoted and not joined: an identifier that a client chose must not make two decisions look like one.
    return bounded(JSON.stringify([said, roles, targets, subjects]))
  } catch {
    return undefined
  }
}

/** A long key is its hash: what is remembered of a request does not grow with what the client sent. */
function bounded(key: string): string {
  return key.length <= keyCharsMax ? key : createHash('sha256').update(key).digest('base64')
}

function eventOf(decision: Decision, detail: Detail, context: RequestContext | undefined): EventInput {
  const { effect, undecided, permission, policyId, policyVersion, reason, targets, subjects } = decision
  const { guard, rule, decisionId, actor, request } = decision
  const roles = decision.roles ?? actor?.roles ?? rolesIn(request, context)
  const whole = detail === 'whole'
  const metadata = whole
    ? {
        ...(guard === undefined ? {} : { guard }),
        ...(rule === undefined ? {} : { rule }),
        ...(decisionId === undefined ? {} : { decision_id: decisionId }),
      }
    : { folded: true, ...(guard === undefined || detail === 'effect' ? {} : { guard }) }
  return {
    ...(undecided === undefined ? {} : { outcome: 'failure' }),
    ...(reason === undefined || detail === 'effect' ? {} : { reason }),
    decision: {
      effect,
      ...(permission === undefined || detail === 'effect' ? {} : { permission }),
      ...(policyId === undefined || !whole ? {} : { policyId }),
      ...(policyVersion === undefined || !whole ? {} : { policyVersion }),
      ...(roles === undefined ? {} : { rolesEvaluated: roles }),
    },
    ...(targets === undefined || !whole ? {} : { targets }),
    ...(subjects === undefined || !whole ? {} : { subjects }),
    ...(actor === undefined ? {} : { actor }),
    ...(request === undefined ? {} : { request }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  }
}

function rolesIn(request: object | undefined, context: RequestContext | undefined): readonly string[] | undefined {
  const view = (request === undefined ? undefined : findViewOf(request)) ?? (context && findView(context))
  return view?.actor()?.roles
}
