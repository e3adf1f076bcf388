/**
 * The ways in which guards say what they decided, each as a function that watches one and changes nothing of it.
 *
 * A decision is told once per call, whichever sign of it comes first: middleware may call `next` twice, hand an error on and
 * throw it, answer and go on. Signs that come later are left to whoever they are for.
 */
import { type AnyFunction, watchCall } from '@trailmark/core/integration'
import { memberOf } from '../member.ts'
import { type Refusal, refusalOf, refusedWith } from './refusal.ts'

export const guardKinds = ['check', 'middleware', 'hook', 'koa'] as const
export type GuardKind = (typeof guardKinds)[number]

export type Ruling = Refusal | { readonly effect: 'allow'; readonly reason: string }
type Guard = (...given: never[]) => unknown
type Tell = (ruling: Ruling, request: unknown) => void

const allowed: Ruling = { effect: 'allow', reason: 'permission' }
const refused: Ruling = { effect: 'deny', reason: 'forbidden' }

/** For each kind, the function that is called in the place of the guard. */
export const watchGuard: Readonly<Record<GuardKind, (guard: Guard, tell: Tell) => AnyFunction>> = {
  check(guard, tell) {
    return function checked(this: unknown, ...given: unknown[]): unknown {
      return watchCall(
        () => Reflect.apply(guard, this, given),
        (end) => {
          if (end.failed) return tell(refusalOf(end.error), given[0])
          const yes = answerIn(end.value)
          if (yes !== undefined) tell(yes ? allowed : refused, given[0])
        },
      )
    }
  },

  middleware(guard, tell) {
    return function guarded(this: unknown, ...given: unknown[]): unknown {
      const [request, response, next, ...rest] = given
      if (typeof next !== 'function') return Reflect.apply(guard, this, given)
      const stop = onAnswered(response, (status) => once(refusedWith(status)))
      let told = false
      const once = (ruling: Ruling | undefined): void => {
        if (told) return
        told = true
        stop()
        if (ruling !== undefined) tell(ruling, request)
      }
      function goOn(this: unknown, ...said: unknown[]): unknown {
        once(rulingOf(said[0]))
        return Reflect.apply(next as AnyFunction, this, said)
      }
      return watchCall(
        () => Reflect.apply(guard, this, [request, response, goOn, ...rest]),
        (end) => {
          if (end.failed) once(refusalOf(end.error))
        },
      )
    }
  },

  hook(guard, tell) {
    return function guarded(this: unknown, ...given: unknown[]): unknown {
      const [request, reply] = given
      return watchCall(
        () => Reflect.apply(guard, this, given),
        (end) => {
          if (end.failed) return tell(refusalOf(end.error), request)
          const answered = memberOf(reply, 'sent') === true
          const ruling = answered ? refusedWith(memberOf(reply, 'statusCode')) : allowed
          if (ruling !== undefined) tell(ruling, request)
        },
      )
    }
  },

  koa(guard, tell) {
    return function guarded(this: unknown, ...given: unknown[]): unknown {
      const [ctx, next, ...rest] = given
      if (typeof next !== 'function') return Reflect.apply(guard, this, given)
      let told = false
      const once = (ruling: Ruling | undefined): void => {
        if (told) return
        told = true
        if (ruling !== undefined) tell(ruling, ctx)
      }
      function goOn(this: unknown, ...said: unknown[]): unknown {
        once(allowed)
        return Reflect.apply(next as AnyFunction, this, said)
      }
      return watchCall(
        () => Reflect.apply(guard, this, [ctx, goOn, ...rest]),
        (end) => once(end.failed ? refusalOf(end.error) : refusedWith(memberOf(ctx, 'status'))),
      )
    }
  },
}

/** Yes or no, or an object that says it as `granted` or `allowed`. No value at all is no answer. */
function answerIn(value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value
  for (const name of ['granted', 'allowed']) {
    const said = memberOf(value, name)
    if (typeof said === 'boolean') return said
  }
  return Boolean(value)
}

/** Express skips to another route by the words `route` and `router`: that decides nothing. Everything else is an error. */
function rulingOf(said: unknown): Ruling | undefined {
  if (said === 'route' || said === 'router') return undefined
  return said === undefined || said === null ? allowed : refusalOf(said)
}

/** Calls `answered` with the status once the response is out; the answer of a framework's reply is that of its `raw`. */
function onAnswered(response: unknown, answered: (status: unknown) => void): () => void {
  const raw = memberOf(response, 'raw') ?? response
  const once = memberOf(raw, 'once')
  const off = memberOf(raw, 'off')
  if (typeof once !== 'function' || typeof off !== 'function') return () => undefined
  const finished = (): void => answered(memberOf(raw, 'statusCode'))
  Reflect.apply(once, raw, ['finish', finished])
  return () => void Reflect.apply(off, raw, ['finish', finished])
}
