/**
 * Keeping: callbacks bound to the namespace keep the request as well.
 *
 * cls-hooked restores its own values alone, so that a callback bound with it would still run in whatever request called it.
 */
import type { EventEmitter } from 'node:events'
import { bind, bindEmitter, currentContext } from '@trailmark/core'
import { type Namespace, replace } from './mirror.ts'

/** Repairs `bind` and `bindEmitter` of this namespace. Returns a function that undoes it. */
export function repairBindings(namespace: Namespace): () => void {
  const { bind: bindToNamespace, bindEmitter: bindEmitterToNamespace } = namespace
  return replace(namespace, {
    bind<F extends (...args: never[]) => unknown>(fn: F, context?: unknown): F {
      const bound: F = Reflect.apply(bindToNamespace, namespace, [fn, context])
      // Bound at start-up, outside any request, it must go on seeing the request it is called in. Ours goes outside: where
      // async_hooks carry the context, entering it also sets the namespace, and theirs has to have the last word there.
      return currentContext() === undefined ? bound : bind(bound)
    },
    bindEmitter(emitter: EventEmitter): void {
      Reflect.apply(bindEmitterToNamespace, namespace, [emitter])
      bindEmitter(emitter) // behind theirs, so that it reaches once() too, which theirs leaves to on()
    },
  })
}
